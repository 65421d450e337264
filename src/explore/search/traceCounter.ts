import * as kinds from '../../memory/kinds.ts';
import { overlapTable, type QueueTable, queueTable } from '../../memory/layout.ts';
import type { Execution } from '../execution/execution.ts';
import * as hash from '../hash.ts';
import { Uint53Set } from './uint53Set.ts';

// Local constants: see "Hot code" in CONTRIBUTING.md.
const { changesQueue, KIND_TRAITS, kindOf, placeOf } = kinds;
const { reads: READS, writes: WRITES, queue: QUEUE, rmw: RMW, choice: CHOICE } = kinds.Trait;
const { join53, mixHash } = hash;

/** The most classes that are kept, about 100 MB. Beyond that, classes are no longer counted. */
export const TRACES_MAX = 1 << 21;

/**
 * Counts the happens-before classes (Mazurkiewicz traces) of executions, and their reads-from
 * classes.
 *
 * Two executions are in one class if each step reads from, or overwrites, the same step in both,
 * and chooses the same.
 * Under sequential consistency this orders all conflicting steps. They are in one reads-from class
 * if each step that reads has read from the same step. Memory models have their own hash: see
 * `Execution.graphHash`.
 *
 * A class is kept as a hash of 53 bits. Among a million classes, the probability of a collision is
 * 1 in 18,000.
 */
export class TraceCounter {
  readonly seen = new Uint53Set();
  readonly readsFrom = new Uint53Set();
  /** Whether more classes than `TRACES_MAX` were met. The counts are then lower bounds. */
  full = false;
  /** Set by `traceHash`: the hash of the reads-from class. */
  private readsFromHash = 0;
  /** The hashes that were new since the last `drain`. */
  private fresh: number[] = [];
  private freshReadsFrom: number[] = [];
  private readonly execution: Execution;
  /** By place, then by wait queue: the last step that wrote it, as number and thread; 0: none. */
  private readonly writer: Int32Array;
  /** By place: the other places that share bytes with it. */
  private readonly overlapping: readonly (readonly number[])[];
  private readonly queueOf: QueueTable;
  private readonly taken: Int32Array;

  constructor(execution: Execution) {
    this.execution = execution;
    const { places } = execution;
    this.writer = new Int32Array(2 * places.length);
    this.overlapping = overlapTable(places).map((ids, id) => ids.filter((other) => other !== id));
    this.queueOf = queueTable(places);
    this.taken = new Int32Array(execution.node.length);
  }

  /** Forgets all classes. */
  clear(): void {
    this.seen.clear();
    this.readsFrom.clear();
    this.drain();
  }

  /** Adds the current execution. Returns whether its class is new. */
  add(): boolean {
    const { seen, readsFrom } = this;
    if (seen.size >= TRACES_MAX) {
      this.full = true;
      return false;
    }
    const hash = this.traceHash();
    const isNew = seen.add(hash);
    if (isNew) this.fresh.push(hash);
    if (readsFrom.add(this.readsFromHash)) this.freshReadsFrom.push(this.readsFromHash);
    return isNew;
  }

  /** The hash of the current execution's class, of 53 bits. Sets `readsFromHash`. */
  traceHash(): number {
    const { execution, writer, taken, overlapping, queueOf } = this;
    const modelHash = execution.memory.graphHash();
    if (modelHash !== undefined) {
      const [a, b, c, d] = modelHash;
      this.readsFromHash = join53(c, d);
      return join53(a, b);
    }
    const { steps, schedule, footprints, values } = execution;
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
      const place = placeOf(code);
      const traits = KIND_TRAITS[kindOf(code)];
      const step = (++taken[thread] << 5) | thread;
      let from = 0;
      if (traits & (READS | WRITES)) {
        from = writer[place];
        const others = overlapping[place];
        for (let i = 0; i < others.length; i++) from = mixHash(from, writer[others[i]]);
      } else if (traits & CHOICE) from = values[s] + 1;
      if (traits & QUEUE) from = mixHash(from, writer[places + queueOf[place]]);
      const h = mixHash(mixHash(code, step), from);
      a = (a + h) | 0;
      b = (b + Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)) | 0;
      if (!(traits & WRITES) || traits & RMW) {
        c = (c + h) | 0;
        d = (d + Math.imul(h ^ (h >>> 16), 0x297a2d39)) | 0;
      }
      if (traits & WRITES) writer[place] = step;
      if (traits & QUEUE && changesQueue(kindOf(code))) writer[places + queueOf[place]] = step;
    }
    this.readsFromHash = join53(c, d);
    return join53(a, b);
  }

  /**
   * The hashes that were new since the last call, for a total over several counters. Starts anew.
   */
  drain(): { readonly classes: readonly number[]; readonly readsFrom: readonly number[] } {
    const drained = { classes: this.fresh, readsFrom: this.freshReadsFrom };
    this.fresh = [];
    this.freshReadsFrom = [];
    this.seen.clear();
    this.readsFrom.clear();
    return drained;
  }
}
