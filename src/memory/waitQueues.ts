import type { Place } from './cell.ts';
import { changesQueue, isWait, Kind } from './kinds.ts';
import { type QueueTable, queueTable } from './layout.ts';

/** No place. */
const NONE = -1;

/**
 * The threads that sleep in wait queues. A queue belongs to an address, like that of a futex. It is
 * first in, first out.
 */
export class WaitQueues {
  /** By thread: the id of the cell it sleeps on, or NONE. */
  readonly asleep: Int32Array;
  /** By thread: the step at which it fell asleep; NONE: by a wait without a place in the order. */
  readonly since: Int32Array;
  private readonly queueOf: QueueTable;

  /** @param table where threads share it: two words a thread. */
  constructor(threads: number, places: readonly Place[], table: Int32Array = new Int32Array(2 * threads).fill(NONE)) {
    this.queueOf = queueTable(places);
    this.asleep = table.subarray(0, threads);
    this.since = table.subarray(threads);
  }

  /** `thread` falls asleep at step `s` of this kind. */
  sleep(thread: number, kind: number, place: number, s: number): void {
    this.asleep[thread] = place;
    this.since[thread] = kind === Kind.wait ? NONE : s;
  }

  /** Wakes all threads that sleep on a place. Returns them, as bits. */
  wakeAll(place: number): number {
    const { asleep, queueOf } = this;
    let woken = 0;
    for (let t = 0; t < asleep.length; t++) {
      if (asleep[t] === NONE || queueOf[asleep[t]] !== queueOf[place]) continue;
      asleep[t] = NONE;
      woken |= 1 << t;
    }
    return woken;
  }

  /**
   * Wakes the `count` threads that have slept longest on a place. Those that have no place in the
   * order come last, by their numbers. Returns them, as bits.
   */
  wakeSome(place: number, count: number): number {
    const { asleep, since, queueOf } = this;
    let woken = 0;
    for (let left = count; left > 0; left--) {
      let first = NONE;
      for (let t = 0; t < asleep.length; t++) {
        if (asleep[t] === NONE || queueOf[asleep[t]] !== queueOf[place]) continue;
        if (first === NONE || since[t] >>> 0 < since[first] >>> 0) first = t;
      }
      if (first === NONE) break;
      asleep[first] = NONE;
      woken |= 1 << first;
    }
    return woken;
  }

  /** The time-out of `thread` is over. Returns whether it was woken before. */
  timeOut(thread: number): boolean {
    const isWoken = this.asleep[thread] === NONE;
    this.asleep[thread] = NONE;
    return isWoken;
  }

  /** How many threads in the queue of `thread`, which sleeps there, have a place before it. */
  rankOf(thread: number): number {
    const { asleep, since, queueOf } = this;
    let rank = 0;
    for (let t = 0; t < asleep.length; t++)
      if (asleep[t] !== NONE && queueOf[asleep[t]] === queueOf[asleep[thread]] && since[t] >>> 0 < since[thread] >>> 0)
        rank++;
    return rank;
  }

  /**
   * Undoes a step of `thread`: a wait, a time-out, or a wake-up. Other kinds change nothing.
   *
   * @param value of a wake-up: the threads that it woke, as bits; of the end of a wait: 1 if the
   *   thread had been woken.
   * @param since of a wait: what `since` was.
   */
  undo(kind: number, thread: number, place: number, value: number, since: number): void {
    if (isWait(kind)) {
      this.asleep[thread] = NONE;
      this.since[thread] = since;
    } else if (kind === Kind.resumeFor) {
      if (value === 0) this.asleep[thread] = place;
    } else if (changesQueue(kind)) {
      for (let t = 0; t < this.asleep.length; t++) if (value & (1 << t)) this.asleep[t] = place;
    }
  }
}
