import type { InterleavingData, PlaceData } from '../data.ts';
import { h } from './dom.ts';
import type { Timeline } from './timeline.ts';

/** What places hold after a step, and whether the step changed it. */
export class MemorySnapshot {
  readonly step: number;
  readonly of: InterleavingData;
  readonly replayed: Timeline;

  constructor(of: InterleavingData, replayed: Timeline, step: number) {
    this.of = of;
    this.replayed = replayed;
    this.step = step;
  }

  value(place: number): bigint {
    return this.replayed.valueAt(this.step + 1, this.of.places[place]);
  }

  isNew(place: number): boolean {
    const { offset, bits }: PlaceData = this.of.places[place];
    const sets = this.of.steps[this.step]?.sets ?? [];
    if (!sets.some(([word]) => word * 4 < offset + bits / 8 && offset < word * 4 + 4)) return false;
    const before = this.replayed.valueAt(this.step, this.of.places[place]);
    return before !== this.value(place);
  }

  /** A value as an element, marked where the step changed it. */
  show(place: number, text = inWords(this.value(place))): HTMLElement {
    return this.isNew(place) ? h('mark', { class: 'news', title: 'changed by this step' }, text) : h('span', {}, text);
  }

  /** Who holds a lock; undefined: nobody. */
  holder(lock: number): string | undefined {
    const value = Number(this.value(lock));
    return value === 0 ? undefined : this.of.actors[value - 1]?.name;
  }
}

/** Beyond 16 bits, values are more often patterns than counts. */
export const inWords = (value: bigint): string => (value > 0xffffn ? `0x${value.toString(16)}` : `${value}`);
