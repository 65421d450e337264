import { below, type Random, randomOf } from '../random.ts';
import { lowest, type Scheduler, type View } from '../scheduler.ts';

/**
 * PCT: "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010.
 * Threads have random priorities and the highest enabled one runs; at depth - 1 random steps the running thread falls below all others.
 * A bug of that depth is hit with probability at least 1 / (n * k^(depth - 1)).
 *
 * Departs from the paper: only steps with a choice (two or more enabled threads) are counted as steps, for k and for the change points.
 */
export class Pct implements Scheduler {
  private readonly seed: number;
  private readonly steps: number;
  private readonly priority: Int32Array;
  private readonly changes: Int32Array;
  private random: Random;
  private step = 0;

  /** @param steps k: about how many steps with a choice an execution has. */
  constructor(seed: number, depth: number, threads: number, steps: number) {
    this.seed = seed;
    this.steps = Math.max(1, steps);
    this.priority = new Int32Array(threads);
    this.changes = new Int32Array(depth - 1);
    this.random = randomOf(seed, 0);
  }

  begin(index: number): void {
    this.random = randomOf(this.seed, index);
    this.step = 0;
    const { priority, changes } = this;
    for (let t = 0; t < priority.length; t++) {
      const other = below(this.random, t + 1);
      priority[t] = priority[other];
      priority[other] = t + 1;
    }
    for (let i = 0; i < changes.length; i++) changes[i] = 1 + below(this.random, this.steps);
  }

  next(view: View): number {
    const { enabled } = view;
    if ((enabled & (enabled - 1)) === 0) return lowest(enabled);
    this.step++;
    let best = this.highest(enabled);
    for (let i = 0; i < this.changes.length; i++) {
      if (this.changes[i] !== this.step) continue;
      this.priority[best] = -i;
      best = this.highest(enabled);
    }
    return best;
  }

  private highest(threads: number): number {
    let best = lowest(threads);
    for (let rest = threads & (threads - 1); rest !== 0; rest &= rest - 1) {
      const t = lowest(rest);
      if (this.priority[t] > this.priority[best]) best = t;
    }
    return best;
  }
}
