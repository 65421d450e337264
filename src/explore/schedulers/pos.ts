import { drawReadFrom, type Random, randomOf } from '../random.ts';
import { mayConflict } from './conflicts.ts';
import type { Scheduler, SchedulerView } from './scheduler.ts';

/**
 * POS: "Partial Order Aware Concurrency Sampling", Yuan, Yang, Gu, CAV 2018. Each pending access
 * has a random priority, and the enabled one with the highest is taken. Then the thread's next
 * access, and all pending accesses that race with the one taken, get new priorities. This samples
 * partial orders far more evenly than a random walk.
 *
 * Departures from the paper: accesses race if their places are in one alias group (see
 * `aliasGroups`); a cmpxchg always counts as a write.
 */
export class Pos implements Scheduler {
  private readonly seed: number;
  protected readonly groups: Int32Array;
  /** By thread: the priority of its pending access. */
  protected readonly priority: Int32Array;
  protected random: Random;

  /** @param groups the alias groups: see `Profile`. */
  constructor(seed: number, threads: number, groups: Int32Array) {
    this.seed = seed;
    this.groups = groups;
    this.priority = new Int32Array(threads);
    this.random = randomOf(seed, 0);
  }

  begin(index: number): void {
    this.random = randomOf(this.seed, index);
    for (let t = 0; t < this.priority.length; t++) this.priority[t] = this.random.next();
  }

  next({ enabled, pending }: SchedulerView): number {
    const { priority } = this;
    let best = -1;
    for (let t = 0; t < priority.length; t++) {
      if (enabled & (1 << t) && (best < 0 || priority[t] > priority[best])) best = t;
    }
    this.redraw(best, pending);
    return best;
  }

  chooseReadsFrom(count: number): number {
    return drawReadFrom(this.random, count);
  }

  /** Draws new priorities for the next access of `taken`, and for those that race with its last. */
  protected redraw(taken: number, pending: Int32Array): void {
    const { priority, random, groups } = this;
    const code = pending[taken];
    for (let t = 0; t < priority.length; t++) {
      if (t === taken || (pending[t] >= 0 && mayConflict(groups, pending[t], code))) priority[t] = random.next();
    }
  }
}
