import type { Profile } from '../profile.ts';
import { drawReadFrom, type Random, randomOf, uniformInt } from '../random.ts';
import { lowestSetBit, type Scheduler, type SchedulerView } from './scheduler.ts';
import { weightedChoice } from './weightedChoice.ts';

/**
 * URW, the uniform random walk of "Selectively Uniform Concurrency Testing", Zhao et al., ASPLOS
 * 2025. A thread is drawn in proportion to the steps that it has left. If these are known exactly
 * and no thread ever waits, all interleavings are equally likely.
 *
 * Departures from the paper:
 * - Each execution takes its counts from one of several profiling executions, drawn at random,
 *   because the number of steps depends on the path. Their average finds less: no path has this
 *   count.
 * - A thread that takes more steps than its count counts as having one left.
 */
export class Urw implements Scheduler {
  private readonly seed: number;
  private readonly events: Profile['events'];
  /** By thread: the steps that it has left. */
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
