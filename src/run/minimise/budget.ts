import { Deadline, isPast } from '../../explore/limits.ts';

/**
 * What may be spent on minimising a failure: seconds, or steps of executions. A budget of steps
 * gives the same result each time.
 */
export class Budget {
  private readonly seconds: number;
  private readonly steps: number;
  private readonly parent: Budget | undefined;
  private readonly timer: Deadline;
  private stepsSpent = 0;

  /** @param parent what is spent of this budget is spent of that one too. */
  constructor(seconds: number, steps: number, parent?: Budget) {
    this.seconds = seconds;
    this.steps = steps;
    this.parent = parent;
    this.timer = new Deadline(seconds);
  }

  get secondsLeft(): number {
    return this.seconds - this.timer.seconds;
  }

  get isSpent(): boolean {
    return isPast(this.deadline) || this.stepsSpent >= this.steps;
  }

  /** When its time is over, on the clock of `Deadline`. */
  get deadline(): number {
    return this.timer.end;
  }

  /**
   * Whether steps are limited. A search must then end by itself, because it does not count its
   * steps.
   */
  get limitsSteps(): boolean {
    return this.steps !== Infinity;
  }

  spend(steps: number): void {
    this.stepsSpent += steps;
    this.parent?.spend(steps);
  }

  /** @param fraction of what is left, from 0 to 1. */
  portion(fraction: number): Budget {
    return new Budget(this.secondsLeft * fraction, (this.steps - this.stepsSpent) * fraction, this);
  }
}
