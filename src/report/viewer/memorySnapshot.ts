import type { InterleavingData, PlaceData } from '../data.ts';
import { h } from './dom.ts';
import type { Timeline } from './timeline.ts';

/** Memory after a step. */
export class MemorySnapshot {
  readonly step: number;
  readonly data: InterleavingData;
  readonly timeline: Timeline;

  constructor(data: InterleavingData, timeline: Timeline, step: number) {
    this.data = data;
    this.timeline = timeline;
    this.step = step;
  }

  value(place: number): bigint {
    return this.timeline.valueAt(this.step + 1, this.data.places[place]);
  }

  /** Whether the step changed the place. */
  isChanged(place: number): boolean {
    const { offset, bits }: PlaceData = this.data.places[place];
    const sets = this.data.steps[this.step]?.sets ?? [];
    if (!sets.some(([word]) => word * 4 < offset + bits / 8 && offset < word * 4 + 4)) return false;
    return this.timeline.valueAt(this.step, this.data.places[place]) !== this.value(place);
  }

  /** A value as an element, marked if the step changed it. */
  show(place: number, text = formatValue(this.value(place))): HTMLElement {
    if (!this.isChanged(place)) return h('span', {}, text);
    return h('mark', { class: 'changed', title: 'changed by this step' }, text);
  }

  /** The name of the actor that holds a lock. */
  holder(lock: number): string | undefined {
    const value = Number(this.value(lock));
    return value === 0 ? undefined : this.data.actors[value - 1]?.name;
  }
}

/** Values above 16 bits are hexadecimal: they are more often bit patterns than counts. */
export const formatValue = (value: bigint): string => (value > 0xffffn ? `0x${value.toString(16)}` : `${value}`);
