import type { Profile } from '../profile.ts';
import { drawReadFrom, type Random, randomOf, uniformInt } from '../random.ts';
import { lowestSetBit, type Scheduler, type SchedulerView } from './scheduler.ts';
import { weightedChoice } from './weightedChoice.ts';

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
    this.left.set(this.events[uniformInt(this.random, this.events.length)]);
  }

  next({ enabled }: SchedulerView): number {
    const thread = enabled & (enabled - 1) ? weightedChoice(this.random, enabled, this.left) : lowestSetBit(enabled);
    this.left[thread]--;
    return thread;
  }

  chooseReadsFrom(count: number): number {
    return drawReadFrom(this.random, count);
  }
}
