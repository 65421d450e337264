import type { Place } from '../../memory/cell.ts';
import type { Execution, Stop } from '../execution/execution.ts';
import type { Violation } from '../execution/violation.ts';
import type { HappensBeforeOrder } from '../happensBeforeOrder.ts';
import { Deadline, type Limits } from '../limits.ts';

/** What is asked of an execution when it stops. */
export interface PropertyChecker {
  /** What the way an execution stopped says. */
  end(stop: Stop): Violation | undefined;
  /** The state of what watches the execution. */
  key(): string;
  /** Whether two states with other results are other states; may become true while a search runs. */
  readonly resultsMatter: boolean;
  /** Whether the order of steps on this place matters to what watches the execution. */
  sees(place: Place): boolean;
  /** Looks at the moments that other executions of the same class go through: a violation there, and the steps that lead to it. */
  between?(
    order: HappensBeforeOrder,
    accept?: (taken: Int32Array) => boolean,
  ): { readonly violation: Violation; readonly steps: readonly number[] } | undefined;
}

/** What a search has done. */
export interface SearchResult {
  /** Complete executions; those that an assumption stopped, or that the search gave up; those that reached the limit of steps. */
  executions: number;
  blocked: number;
  cut: number;
  states: number;
  steps: number;
  violation: Violation | undefined;
  /** Whether the time was over in the midst of an execution, of which nothing is counted. */
  late: boolean;
  /** Whether the limit that ended the search was one of time. */
  isTime: boolean;
  /** Which limit ended the search; undefined when all was covered that the search is for. */
  limit: string | undefined;
  /** Whether that is a limit of one execution, which no further part of the search can change. */
  isOver: boolean;
  /** What the first execution that reached the limit of steps was doing. */
  cutBy: CutBy | undefined;
}

/** Why an execution does not end. */
export interface CutBy {
  /** The limit that it has reached. */
  readonly limit: string;
  /** The loop that has begun the most iterations: where it is, and whose. Undefined: none is known. */
  readonly loop: string | undefined;
}

/** Counts what a search does, and says when it has reached a limit. */
export class SearchProgress implements SearchResult {
  executions = 0;
  blocked = 0;
  cut = 0;
  states = 0;
  steps = 0;
  violation: Violation | undefined = undefined;
  late = false;
  isTime = false;
  limit: string | undefined = undefined;
  isOver = false;
  cutBy: CutBy | undefined = undefined;
  private readonly limits: Limits;
  private readonly deadline: Deadline;

  constructor(limits: Limits) {
    this.limits = limits;
    this.deadline = new Deadline(limits.seconds);
  }

  /** The same as plain data. */
  get result(): SearchResult {
    const { executions, blocked, cut, states, steps, violation, late, isTime, limit, isOver, cutBy } = this;
    return { executions, blocked, cut, states, steps, violation, late, isTime, limit, isOver, cutBy };
  }

  /** Executions that may still be run. */
  get executionsLeft(): number {
    return this.limits.executions - this.executions - this.blocked - this.cut;
  }

  /** When the time is over, as `isPast` tells. */
  get until(): number {
    return this.deadline.end;
  }

  get secondsLeft(): number {
    return this.limits.seconds - this.deadline.seconds;
  }

  /** Counts an execution that stopped. Returns whether it ends the search. */
  count(stop: Stop, violation: Violation | undefined): boolean {
    if (stop.kind === 'finished') this.executions++;
    else if (stop.kind === 'blocked') this.blocked++;
    else if (stop.kind === 'limit') this.cut++;
    this.violation = violation;
    return violation !== undefined;
  }

  /** Takes in that an execution reached a limit of its own. Returns whether that ends the search. */
  cutShort(execution: Execution): boolean {
    this.cutBy ??= { limit: execution.limit, loop: execution.longestLoop() };
    this.isOver = execution.steps < execution.stepsMax || this.cut >= (this.limits.cuts ?? Infinity);
    if (this.isOver) this.limit = execution.limit;
    return this.isOver;
  }

  /** Of a search that has covered all: executions that were cut short are not. */
  complete(): this {
    if (this.cut > 0) this.limit ??= this.cutBy?.limit;
    return this;
  }

  /** Ends the search: the time was over before the execution was. */
  giveUp(): void {
    this.late = true;
    this.outOfTime();
  }

  private outOfTime(): void {
    this.isTime = true;
    this.limit = `${this.limits.seconds} seconds`;
  }

  /** Adds what was done of a part. */
  add(part: SearchResult): void {
    this.executions += part.executions;
    this.blocked += part.blocked;
    this.cut += part.cut;
    this.steps += part.steps;
    this.violation ??= part.violation;
    if (part.late) this.giveUp();
    if (this.limit === undefined && part.limit !== undefined) this.isTime = part.isTime;
    this.limit ??= part.limit;
    this.isOver ||= part.isOver;
    this.cutBy ??= part.cutBy;
  }

  /** Whether a limit is reached, by the clock as it is at this moment. */
  overNow(): boolean {
    if (this.secondsLeft <= 0) this.outOfTime();
    return this.over(0);
  }

  /** Whether a limit is reached, with `bytes` in use. Looks at the clock now and then. */
  over(bytes: number): boolean {
    const { bytes: bytesMax } = this.limits;
    if (this.executionsLeft <= 0) this.limit = `${this.limits.executions} executions`;
    else if (bytes > bytesMax) this.limit = `${bytesMax} bytes of memory`;
    else if (this.deadline.over) this.outOfTime();
    return this.limit !== undefined;
  }
}
