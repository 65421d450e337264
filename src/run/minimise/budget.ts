import { Deadline } from '../../explore/limits.ts';

/** What may be spent on making a finding smaller: seconds; or steps of executions, where the same is to come of it each time. */
export class Budget {
  private readonly seconds: number;
  private readonly steps: number;
  private readonly whole: Budget | undefined;
  private readonly deadline: Deadline;
  private spent = 0;

  constructor(seconds: number, steps: number, whole?: Budget) {
    this.seconds = seconds;
    this.steps = steps;
    this.whole = whole;
    this.deadline = new Deadline(seconds);
  }

  get secondsLeft(): number {
    return this.seconds - this.deadline.seconds;
  }

  get isSpent(): boolean {
    return this.secondsLeft <= 0 || this.spent >= this.steps;
  }

  /** When its time is over, as `isPast` tells. */
  get end(): number {
    return this.deadline.end;
  }

  /** Whether steps are counted: then a search must end by itself, since it does not count them. */
  get isOfSteps(): boolean {
    return this.steps !== Infinity;
  }

  spend(steps: number): void {
    this.spent += steps;
    this.whole?.spend(steps);
  }

  /** A share of what is left of it; what is spent of that is spent of this. */
  share(of: number): Budget {
    return new Budget(this.secondsLeft * of, (this.steps - this.spent) * of, this);
  }
}
