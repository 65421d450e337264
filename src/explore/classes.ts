import { overlap } from '../memory/layout.ts';
import { Kind, writes } from '../memory/memory.ts';
import type { Execution } from './execution.ts';

/** Classes that are kept apart; beyond, they are no longer counted. About 100 MB. */
const CLASSES_MAX = 1 << 21;

/**
 * Counts the happens-before classes among executions, and their reads-from classes.
 *
 * Two executions are in one class when each step has read from, or has overwritten, the same step (Mazurkiewicz traces; under sequential
 * consistency that orders all conflicting steps). They are in one reads-from class when each step that reads has read from the same step. A class is kept
 * as 53 bits of hash: among a million classes, two have the same with a probability of 1 in 18,000.
 */
export class Classes {
  readonly seen = new Set<number>();
  readonly readsFrom = new Set<number>();
  /** Whether there were more than could be kept: then the counts are lower bounds. */
  full = false;
  private readonly execution: Execution;
  /** By place, and by wait queue: the step that wrote it last, as thread and number; 0 for the initial value. */
  private readonly writer: Int32Array;
  private readonly overlaps: readonly (readonly number[])[];
  private readonly taken: Int32Array;

  constructor(execution: Execution) {
    this.execution = execution;
    const { places } = execution;
    this.writer = new Int32Array(2 * places.length);
    this.overlaps = places.map((a) => places.filter((b) => b.id !== a.id && overlap(a, b)).map((b) => b.id));
    this.taken = new Int32Array(execution.node.length);
  }

  /** Adds the execution as it is now. Returns whether its class is new. */
  add(): boolean {
    const { execution, writer, taken } = this;
    const { steps, schedule, footprints } = execution;
    const places = execution.places.length;
    writer.fill(0);
    taken.fill(0);
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let s = 0; s < steps; s++) {
      const thread = schedule[s];
      const code = footprints[s];
      const place = code >>> 4;
      const kind = code & 15;
      const step = (++taken[thread] << 5) | thread;
      let from = 0;
      if (kind < Kind.resume) {
        from = writer[place];
        for (const other of this.overlaps[place]) from = mix(from, writer[other]);
      }
      if (kind >= Kind.wait) from = mix(from, writer[places + place]);
      const h = mix(mix(code, step), from);
      a = (a + h) | 0;
      b = (b + Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)) | 0;
      const write = writes(kind);
      if (!write || (kind >= Kind.xchg && kind <= Kind.fetchOr)) {
        c = (c + mix(h, 0x5bd1e995)) | 0;
        d = (d + Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)) | 0;
      }
      if (write) writer[place] = step;
      if (kind === Kind.wake) writer[places + place] = step;
    }
    const { seen, readsFrom } = this;
    if (seen.size >= CLASSES_MAX) {
      this.full = true;
      return false;
    }
    const before = seen.size;
    seen.add((a >>> 0) * 0x200000 + (b >>> 11));
    readsFrom.add((c >>> 0) * 0x200000 + (d >>> 11));
    return seen.size > before;
  }
}

/** Two words as one, well spread. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
