import type { Profile } from '../profile.ts';
import { below, type Random, randomOf, wayOrNewest } from '../random.ts';
import { lowest, type Scheduler, type View } from '../scheduler.ts';
import { weighted } from './weights.ts';

/**
 * URW, the uniform random walk of "Selectively Uniform Concurrency Testing", Zhao et al., ASPLOS 2025. A thread is drawn in proportion to the steps that
 * it still has before it. Where these are known exactly and no thread ever waits, each interleaving is equally likely.
 *
 * Departs from the paper: each execution takes its counts from one of several profiling executions, drawn at random, since how many steps a thread has
 * depends on the path it takes; and a thread that outlives its count has one more. An average of them finds less: it is the count of no path.
 */
export class Urw implements Scheduler {
  private readonly seed: number;
  private readonly events: Profile['events'];
  private readonly left: Int32Array;
  private random: Random;

  constructor(seed: number, { threads, events }: Profile) {
    this.seed = seed;
    this.events = events;
    this.left = new Int32Array(threads);
    this.random = randomOf(seed, 0);
  }

  begin(index: number): void {
    this.random = randomOf(this.seed, index);
    this.left.set(this.events[below(this.random, this.events.length)]);
  }

  next({ enabled }: View): number {
    const thread = enabled & (enabled - 1) ? weighted(this.random, enabled, this.left) : lowest(enabled);
    this.left[thread]--;
    return thread;
  }

  way(count: number): number {
    return wayOrNewest(this.random, count);
  }
}
