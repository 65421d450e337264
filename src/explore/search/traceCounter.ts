import { overlap } from '../../memory/layout.ts';
import { isRmw, isWrite, Kind } from '../../memory/memory.ts';
import type { Execution } from '../execution/execution.ts';

/** Classes that are kept apart; beyond, they are no longer counted. About 100 MB. */
export const CLASSES_MAX = 1 << 21;

/**
 * Counts the happens-before classes among executions, and their reads-from classes.
 *
 * A memory model has its own: see `classOf`. Else two executions are in one class when each step has read from, or has overwritten, the same step (Mazurkiewicz traces; under sequential
 * consistency that orders all conflicting steps). They are in one reads-from class when each step that reads has read from the same step. A class is kept
 * as 53 bits of hash: among a million classes, two have the same with a probability of 1 in 18,000.
 */
export class TraceCounter {
  readonly seen = new Uint53Set();
  readonly readsFrom = new Uint53Set();
  private ofReads = 0;
  /** Those that were new since the last `drain`. */
  private fresh: number[] = [];
  private freshReads: number[] = [];
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
    const { seen, readsFrom } = this;
    if (seen.size >= CLASSES_MAX) {
      this.full = true;
      return false;
    }
    const ofClass = this.ofClass();
    const isNew = seen.add(ofClass);
    if (isNew) this.fresh.push(ofClass);
    if (readsFrom.add(this.ofReads)) this.freshReads.push(this.ofReads);
    return isNew;
  }

  /** The class of the execution as it is now, as 53 bits of hash; `ofReads` is its reads-from class then. */
  ofClass(): number {
    const { execution, writer, taken } = this;
    const ofModel = execution.graphHash();
    if (ofModel !== undefined) {
      const [a, b, c, d] = ofModel;
      this.ofReads = (c >>> 0) * 0x200000 + (d >>> 11);
      return (a >>> 0) * 0x200000 + (b >>> 11);
    }
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
      const place = code >>> 5;
      const kind = code & 31;
      const step = (++taken[thread] << 5) | thread;
      let from = 0;
      if (kind < Kind.resume) {
        from = writer[place];
        for (const other of this.overlaps[place]) from = mixHash(from, writer[other]);
      }
      if (kind >= Kind.wait) from = mixHash(from, writer[places + place]);
      const h = mixHash(mixHash(code, step), from);
      a = (a + h) | 0;
      b = (b + Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)) | 0;
      const write = isWrite(kind);
      if (!write || isRmw(kind)) {
        c = (c + h) | 0;
        d = (d + Math.imul(h ^ (h >>> 16), 0x297a2d39)) | 0;
      }
      if (write) writer[place] = step;
      if (kind === Kind.wake) writer[places + place] = step;
    }
    this.ofReads = (c >>> 0) * 0x200000 + (d >>> 11);
    return (a >>> 0) * 0x200000 + (b >>> 11);
  }

  /** The classes that were added since the last call, for those who put together what several have counted. Begins anew. */
  drain(): { readonly classes: readonly number[]; readonly readsFrom: readonly number[] } {
    const drained = { classes: this.fresh, readsFrom: this.freshReads };
    this.fresh = [];
    this.freshReads = [];
    this.seen.clear();
    this.readsFrom.clear();
    return drained;
  }
}

/** Two words as one, well spread. */
export function mixHash(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** HOT. A set of numbers from 0 to 2^53 - 1: theirs are spread already, so that the lower bits will do as a hash. */
export class Uint53Set {
  size = 0;
  private hasZero = false;
  private table = new Float64Array(1 << 8);

  clear(): void {
    this.size = 0;
    this.hasZero = false;
    this.table.fill(0);
  }

  /** Adds a number. Returns false when it was there already. */
  add(value: number): boolean {
    if (value === 0) {
      if (this.hasZero) return false;
      this.hasZero = true;
      this.size++;
      return true;
    }
    const at = this.slot(value);
    if (this.table[at] === value) return false;
    this.table[at] = value;
    if (++this.size * 2 > this.table.length) this.grow();
    return true;
  }

  has(value: number): boolean {
    return value === 0 ? this.hasZero : this.table[this.slot(value)] === value;
  }

  /** In no order. */
  values(): number[] {
    const values = Array.from(this.table.filter((value) => value !== 0));
    return this.hasZero ? [0, ...values] : values;
  }

  private slot(value: number): number {
    const { table } = this;
    const mask = table.length - 1;
    let at = (value | 0) & mask;
    while (table[at] !== 0 && table[at] !== value) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Float64Array(old.length * 2);
    for (const value of old) if (value !== 0) this.table[this.slot(value)] = value;
  }
}
