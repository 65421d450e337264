import { readFromIndex, threadOf } from '../schedule.ts';
import { lowestSetBit, PRUNE, type Scheduler, type SchedulerView } from './scheduler.ts';

/**
 * Follows a schedule as far as possible. A choice whose thread is not enabled is skipped. After the
 * last choice, the execution ends without avoidable context switches. So each list of choices is a
 * schedule, and stays one if choices are removed from it.
 */
export class ReplayScheduler implements Scheduler {
  private readonly order: ArrayLike<number>;
  private at = 0;
  private wanted = 0;

  constructor(order: ArrayLike<number>) {
    this.order = order;
  }

  begin(): void {
    this.at = 0;
  }

  next(view: SchedulerView): number {
    while (this.at < this.order.length) {
      const choice = this.order[this.at++];
      this.wanted = readFromIndex(choice);
      if (view.enabled & (1 << threadOf(choice))) return threadOf(choice);
    }
    this.wanted = 0;
    return view.last >= 0 && view.enabled & (1 << view.last) ? view.last : lowestSetBit(view.enabled);
  }

  chooseReadsFrom(count: number): number {
    return Math.min(this.wanted, count - 1);
  }
}

/** Follows a schedule exactly, and ends the execution where that is impossible or at its end. */
export class StrictReplayScheduler implements Scheduler {
  /** The step at which the schedule could not be followed; -1: none. */
  strayed = -1;
  private readonly order: ArrayLike<number>;
  private wanted = 0;

  constructor(order: ArrayLike<number>) {
    this.order = order;
  }

  begin(): void {
    this.strayed = -1;
  }

  next(view: SchedulerView): number {
    if (view.steps >= this.order.length) return PRUNE;
    const choice = this.order[view.steps];
    const thread = threadOf(choice);
    if (thread < 31 && view.enabled & (1 << thread) && readFromIndex(choice) < view.choiceCount(thread)) {
      this.wanted = readFromIndex(choice);
      return thread;
    }
    this.strayed = view.steps;
    return PRUNE;
  }

  chooseReadsFrom(): number {
    return this.wanted;
  }
}
