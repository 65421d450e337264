import type { PageRef, TrackerView, VmView } from './vmView.ts';

/**
 * Pages in another word of a bitmap, and one or two lengths of a reset's mask (64 pages) away from
 * the first.
 */
const FAR_OFFSETS = [32, 63, 64, 128];

/** What a mutation is drawn from: random numbers, and the VM that it changes. */
export class Draw {
  readonly vm: VmView;
  readonly tracker: TrackerView;
  private readonly random: (n: number) => number;

  /** @param random a uniform whole number from 0 to n - 1 */
  constructor(vm: VmView, tracker: TrackerView, random: (n: number) => number) {
    this.vm = vm;
    this.tracker = tracker;
    this.random = random;
  }

  /** A whole number from 0 to n - 1. */
  upTo(n: number): number {
    return this.random(n);
  }

  one<T>(list: readonly T[]): T {
    return list[this.random(list.length)];
  }

  /** A page of the VM; undefined where it has no slots. */
  page(): PageRef | undefined {
    const { slots } = this.vm;
    if (slots.length === 0) return undefined;
    const { slot, npages } = this.one(slots);
    return [slot, this.one([0, this.upTo(npages), npages - 1, ...FAR_OFFSETS.filter((offset) => offset < npages)])];
  }
}
