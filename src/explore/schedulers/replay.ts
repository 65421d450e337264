import { readFromIndex, threadOf } from '../schedule.ts';
import { lowestSetBit, PRUNE, type Scheduler, type SchedulerView } from './scheduler.ts';

/**
 * Follows a schedule as far as it can be followed: an entry whose thread cannot run is passed over, and what is left after the last one
 * runs without a switch that is not needed. So any list of threads is a schedule, and stays one when parts of it are taken out.
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

/** Follows a schedule to the letter. `strayed` says at which step it could not be followed, or -1. */
export class StrictReplayScheduler implements Scheduler {
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
