import { drawReadFrom, type Random, randomOf, uniformInt } from '../random.ts';
import { lowestSetBit, type Scheduler, type SchedulerView } from './scheduler.ts';

const NEVER = 2 ** 31 - 1;

/**
 * PCT: "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", Burckhardt, Kothari,
 * Musuvathi, Nagarakatte, ASPLOS 2010. Threads have random priorities, and the enabled thread with
 * the highest one runs. At depth - 1 random steps, the change points, the running thread's priority
 * falls below all others. A bug of this depth is found with probability at least 1 / (n * k^(depth
 * - 1)), for n threads and k steps.
 *
 * Departure from the paper: only steps with two or more enabled threads count, for k and for the
 * change points.
 */
export class Pct implements Scheduler {
  private readonly seed: number;
  private readonly steps: number;
  private readonly priority: Int32Array;
  /** The change points, as numbers of steps. */
  private readonly changes: Int32Array;
  private random: Random;
  private step = 0;
  /** The next change point. */
  private change = 0;
  /** The thread with the highest priority among `enabled`: mostly, the same set comes again. */
  private best = 0;
  private enabled = 0;

  /** @param steps k: about how many steps with two or more enabled threads an execution has. */
  constructor(seed: number, depth: number, threads: number, steps: number) {
    this.seed = seed;
    this.steps = Math.max(1, steps);
    this.priority = new Int32Array(threads);
    this.changes = new Int32Array(depth - 1);
    this.random = randomOf(seed, 0);
  }

  begin(index: number): void {
    const { priority, changes } = this;
    this.random = randomOf(this.seed, index);
    this.step = 0;
    this.enabled = 0;
    priority[0] = 1;
    for (let t = 1; t < priority.length; t++) {
      const other = uniformInt(this.random, t + 1);
      priority[t] = priority[other];
      priority[other] = t + 1;
    }
    for (let i = 0; i < changes.length; i++) changes[i] = 1 + uniformInt(this.random, this.steps);
    this.change = this.nextChange();
  }

  next({ enabled }: SchedulerView): number {
    if ((enabled & (enabled - 1)) === 0) return lowestSetBit(enabled);
    if (++this.step === this.change) this.lower(enabled);
    if (enabled !== this.enabled) {
      this.enabled = enabled;
      this.best = this.highest(enabled);
    }
    return this.best;
  }

  chooseReadsFrom(count: number): number {
    return drawReadFrom(this.random, count);
  }

  /** Lowers the thread that would run now, once for each change point at this step. */
  private lower(enabled: number): void {
    for (let i = 0; i < this.changes.length; i++)
      if (this.changes[i] === this.step) this.priority[this.highest(enabled)] = -i;
    this.enabled = 0;
    this.change = this.nextChange();
  }

  private nextChange(): number {
    let next = NEVER;
    for (let i = 0; i < this.changes.length; i++)
      if (this.changes[i] > this.step) next = Math.min(next, this.changes[i]);
    return next;
  }

  private highest(threads: number): number {
    let best = lowestSetBit(threads);
    for (let rest = threads & (threads - 1); rest !== 0; rest &= rest - 1) {
      const t = lowestSetBit(rest);
      if (this.priority[t] > this.priority[best]) best = t;
    }
    return best;
  }
}
