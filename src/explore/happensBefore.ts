import type { Place } from '../memory/cell.ts';
import { grownCopy } from '../memory/grownCopy.ts';
import * as kinds from '../memory/kinds.ts';
import { overlapTable, type QueueTable, queueTable } from '../memory/layout.ts';
import type { Execution } from './execution/execution.ts';
import type { HappensBeforeOrder } from './happensBeforeOrder.ts';

// Local constants: see "Hot code" in CONTRIBUTING.md.
const { changesQueue, isQueue, isWrite, kindOf, placeOf, usesValue } = kinds;
const { lock: LOCK, unlock: UNLOCK, wake: WAKE, resume: RESUME, choose: CHOOSE, wakeSome: WAKE_SOME } = kinds.Kind;

/**
 * HOT. Which steps of an execution happen before which, as vector clocks, and which of them race.
 * Updated step by step with the execution.
 *
 * Two steps conflict if they are of one thread or of one lock. They conflict if they access the
 * same byte and one of them writes, or one wait queue and one of them wakes or depends on its
 * order. A failed cmpxchg only reads. An unlock happens before the next lock, but no other thread
 * could have taken the lock earlier. So the two locks race, not unlock and lock. All steps on
 * places whose order a monitor watches conflict.
 *
 * A race is a pair of steps of two threads that conflict, with no step between them in the order.
 * The second could have come before the first.
 */
export class HappensBefore implements HappensBeforeOrder {
  /**
   * `clocks[s * threads + t]`: how many steps of thread t happen before step s, itself included.
   */
  clocks: Int32Array;
  /** By step: its number among its thread's, from 1. */
  locals = new Int32Array(1 << 8);
  readonly threads: number;
  /** Pairs of steps that race, first and second. `push` appends to it. */
  readonly races: number[] = [];
  private readonly execution: Execution;
  private readonly places: number;
  private readonly overlaps: readonly (readonly number[])[];
  private readonly queueOf: QueueTable;
  private readonly visible: Uint8Array;
  /** By thread: its last step + 1. */
  private readonly lastOf: Int32Array;
  /**
   * By location (the places, then their wait queues): the last step + 1 that wrote it; and by
   * location and thread, that read it.
   */
  private readonly lastWrite: Int32Array;
  private readonly lastRead: Int32Array;
  /** By place: the last step + 1 that unlocked it. */
  private readonly lastUnlock: Int32Array;
  private lastVisible = 0;
  /** The undo log. By step, four numbers: what the entries above were before it. */
  private saved = new Int32Array(1 << 10);
  private readonly candidates: Int32Array;
  private steps = 0;

  /** @param sees whether a monitor watches the order of steps on a place. */
  constructor(execution: Execution, sees: (place: Place) => boolean) {
    const { places } = execution;
    this.execution = execution;
    this.threads = execution.node.length;
    this.places = places.length;
    this.overlaps = overlapTable(places);
    this.queueOf = queueTable(places);
    this.visible = Uint8Array.from(places, (place) => (sees(place) ? 1 : 0));
    this.clocks = new Int32Array(this.locals.length * this.threads);
    this.lastOf = new Int32Array(this.threads);
    this.lastWrite = new Int32Array(2 * places.length);
    this.lastRead = new Int32Array(2 * places.length * this.threads);
    this.lastUnlock = new Int32Array(places.length);
    const widest = this.overlaps.reduce((most, { length }) => Math.max(most, length), 1);
    this.candidates = new Int32Array((widest + 2) * (this.threads + 1));
  }

  /** Adds the execution's last step. */
  push(): void {
    const { execution, threads } = this;
    const s = this.steps++;
    if (s === this.locals.length) this.grow();
    const thread = execution.schedule[s];
    const code = execution.footprints[s];
    const kind = kindOf(code);
    const place = placeOf(code);
    const row = s * threads;
    const previous = this.lastOf[thread];
    const { clocks, saved } = this;
    if (previous === 0) clocks.fill(0, row, row + threads);
    else clocks.copyWithin(row, (previous - 1) * threads, previous * threads);
    const local = clocks[row + thread] + 1;
    this.locals[s] = local;
    saved[4 * s] = previous;
    saved[4 * s + 3] = this.lastVisible;
    if (kind === CHOOSE) {
      clocks[row + thread] = local;
      this.lastOf[thread] = s + 1;
      return;
    }
    if (kind === UNLOCK) {
      saved[4 * s + 1] = this.lastUnlock[place];
      this.lastUnlock[place] = s + 1;
    } else if (kind === LOCK) {
      const taken = this.lastWrite[place];
      if (taken !== 0) this.consider(taken - 1, s);
      if (this.lastUnlock[place] !== 0) this.join(row, this.lastUnlock[place] - 1);
      saved[4 * s + 1] = taken;
      this.lastWrite[place] = s + 1;
    } else this.access(s, thread, kind, place);
    if (this.visible[place] === 1) {
      if (this.lastVisible !== 0) this.consider(this.lastVisible - 1, s);
      this.lastVisible = s + 1;
    }
    clocks[row + thread] = local;
    this.lastOf[thread] = s + 1;
  }

  /** Forgets all steps. */
  clear(): void {
    this.steps = 0;
    this.races.length = 0;
    this.lastVisible = 0;
    for (const last of [this.lastOf, this.lastWrite, this.lastRead, this.lastUnlock]) last.fill(0);
  }

  /** Forgets all steps from `steps` on. */
  backTo(steps: number): void {
    const { execution, saved, threads, places } = this;
    while (this.steps > steps) {
      const s = --this.steps;
      const thread = execution.schedule[s];
      const code = execution.footprints[s];
      const kind = kindOf(code);
      const place = placeOf(code);
      this.lastOf[thread] = saved[4 * s];
      this.lastVisible = saved[4 * s + 3];
      if (kind === CHOOSE) continue;
      if (kind === UNLOCK) this.lastUnlock[place] = saved[4 * s + 1];
      else if (isWrite(kind)) this.lastWrite[place] = saved[4 * s + 1];
      else {
        if (usesValue(kind)) this.lastRead[place * threads + thread] = saved[4 * s + 1];
        if (!isQueue(kind)) continue;
        const queue = places + this.queueOf[place];
        if (changesQueue(kind)) this.lastWrite[queue] = saved[4 * s + 2];
        else this.lastRead[queue * threads + thread] = saved[4 * s + 2];
      }
    }
  }

  /** Whether step `a` happens before step `b`, or is it. */
  before(a: number, b: number): boolean {
    return this.locals[a] <= this.clocks[b * this.threads + this.execution.schedule[a]];
  }

  /** The step that took the lock which `thread` waits for, if the two race; else -1. */
  blocking(thread: number): number {
    const code = this.execution.pending[thread];
    if (code < 0 || kindOf(code) !== LOCK) return -1;
    const taken = this.lastWrite[placeOf(code)] - 1;
    const previous = this.lastOf[thread] - 1;
    return taken < 0 || this.execution.schedule[taken] === thread || (previous >= 0 && this.before(taken, previous))
      ? -1
      : taken;
  }

  /** Whether steps with these footprints, of two threads, conflict. */
  conflict(a: number, b: number): boolean {
    const ka = kindOf(a);
    const kb = kindOf(b);
    if (ka === CHOOSE || kb === CHOOSE) return false;
    const pa = placeOf(a);
    const pb = placeOf(b);
    if (this.visible[pa] === 1 && this.visible[pb] === 1) return true;
    if (isQueue(ka) && isQueue(kb) && this.queueOf[pa] === this.queueOf[pb])
      return changesQueue(ka) || changesQueue(kb);
    if (pa !== pb && !this.overlaps[pa].includes(pb)) return false;
    return (isWrite(ka) && usesValue(kb)) || (isWrite(kb) && usesValue(ka));
  }

  private access(s: number, thread: number, kind: number, place: number): void {
    const { threads, places, saved } = this;
    const writing = isWrite(kind);
    const queue = places + this.queueOf[place];
    const queueing = changesQueue(kind);
    let n = 0;
    if (usesValue(kind)) for (const other of this.overlaps[place]) n = this.gather(other, thread, writing, n);
    if (isQueue(kind)) n = this.gather(queue, thread, queueing, n);
    this.considerLatestFirst(s, n);
    if (writing) {
      saved[4 * s + 1] = this.lastWrite[place];
      this.lastWrite[place] = s + 1;
      return;
    }
    if (usesValue(kind)) {
      saved[4 * s + 1] = this.lastRead[place * threads + thread];
      this.lastRead[place * threads + thread] = s + 1;
    }
    if (!isQueue(kind)) return;
    if (queueing) {
      saved[4 * s + 2] = this.lastWrite[queue];
      this.lastWrite[queue] = s + 1;
    } else {
      saved[4 * s + 2] = this.lastRead[queue * threads + thread];
      this.lastRead[queue * threads + thread] = s + 1;
    }
  }

  /**
   * Adds to the candidates the steps that an access of `thread` to `location` may have to come
   * after.
   */
  private gather(location: number, thread: number, writing: boolean, from: number): number {
    const { threads, candidates, lastRead } = this;
    let n = from;
    if (this.lastWrite[location] !== 0) candidates[n++] = this.lastWrite[location] - 1;
    if (writing) {
      for (let t = 0; t < threads; t++) {
        const read = lastRead[location * threads + t];
        if (read !== 0 && t !== thread) candidates[n++] = read - 1;
      }
    }
    return n;
  }

  /** Considers the candidates, latest first: one that happens before a later one is no race. */
  private considerLatestFirst(s: number, n: number): void {
    const { candidates } = this;
    for (let i = 1; i < n; i++) {
      const step = candidates[i];
      let at = i;
      while (at > 0 && candidates[at - 1] < step) candidates[at] = candidates[--at];
      candidates[at] = step;
    }
    for (let i = 0; i < n; i++) this.consider(candidates[i], s);
  }

  /** Step `e` happens before step `s`. It is a race if that does not follow from other steps. */
  private consider(e: number, s: number): void {
    const { execution, threads, clocks } = this;
    const thread = execution.schedule[e];
    if (this.locals[e] <= clocks[s * threads + thread] || thread === execution.schedule[s]) return;
    const waker = kindOf(execution.footprints[e]);
    const woke = (waker === WAKE || waker === WAKE_SOME) && kindOf(execution.footprints[s]) === RESUME;
    if (!woke || (execution.values[e] & (1 << execution.schedule[s])) === 0) this.races.push(e, s);
    this.join(s * threads, e);
  }

  private join(row: number, e: number): void {
    const { clocks, threads } = this;
    for (let t = 0, from = e * threads; t < threads; t++) {
      if (clocks[from + t] > clocks[row + t]) clocks[row + t] = clocks[from + t];
    }
  }

  private grow(): void {
    const size = this.locals.length * 2;
    this.locals = grownCopy(this.locals, size);
    this.saved = grownCopy(this.saved, 4 * size);
    this.clocks = grownCopy(this.clocks, size * this.threads);
  }
}
