import { type Random, randomOf } from '../random.ts';
import { lowest, type Scheduler, type View } from '../scheduler.ts';
import { weighted } from './weights.ts';

/**
 * URW, the uniform random walk of "Selectively Uniform Concurrency Testing", Zhao et al., ASPLOS 2025. A thread is drawn in proportion to the steps that
 * it still has before it. Where these are known exactly and no thread ever waits, each interleaving is equally likely.
 *
 * Departs from the paper: the steps of each thread are the average of several profiling runs, and a thread that outlives them counts as having one more.
 */
export class Urw implements Scheduler {
  private readonly seed: number;
  private readonly events: Int32Array;
  private readonly left: Int32Array;
  private random: Random;

  /** @param events by thread: its steps in an execution. */
  constructor(seed: number, events: readonly number[]) {
    this.seed = seed;
    this.events = Int32Array.from(events);
    this.left = new Int32Array(events.length);
    this.random = randomOf(seed, 0);
  }

  begin(index: number): void {
    this.random = randomOf(this.seed, index);
    this.left.set(this.events);
  }

  next({ enabled }: View): number {
    const thread = enabled & (enabled - 1) ? weighted(this.random, enabled, this.left) : lowest(enabled);
    this.left[thread]--;
    return thread;
  }
}
