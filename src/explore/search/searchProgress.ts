import type { Place } from '../../memory/cell.ts';
import { isStopRequested } from '../../process/stopRequest.ts';
import type { Execution } from '../execution/execution.ts';
import type { Stop } from '../execution/stop.ts';
import type { Violation } from '../execution/violation.ts';
import type { HappensBeforeOrder } from '../happensBeforeOrder.ts';
import { Deadline, formatMemoryLimit, type Limits } from '../limits.ts';

/** Checks the properties of a scenario on the executions of a search. */
export interface PropertyChecker {
  /** The violation that the end of an execution shows, if any. */
  atEnd(stop: Stop): Violation | undefined;
  /** The state of the properties as text: equal texts have the same future. */
  key(): string;
  /** Whether results are part of the state. May become true while a search runs. */
  readonly resultsMatter: boolean;
  /** Whether some property depends on the order of the steps on this place. */
  sees(place: Place): boolean;
  /** Whether `possibly` can find anything: a property is left that depends on global states. */
  readonly judgesStates?: boolean;
  /**
   * Looks for a violation in the global states that other executions of the same class go through.
   * Returns it with the steps that lead to it.
   *
   * @param accept restricts the search to some global states, given by steps taken by thread.
   */
  possibly?(
    order: HappensBeforeOrder,
    accept?: (taken: Int32Array) => boolean,
  ): { readonly violation: Violation; readonly steps: readonly number[] } | undefined;
}

/** What a search has come to. */
export interface SearchResult {
  /** Complete executions. */
  executions: number;
  /** Executions that were stopped by an assumption or a spin loop, or abandoned by the search. */
  blocked: number;
  /** Executions that reached a limit of one execution. */
  cut: number;
  states: number;
  steps: number;
  violation: Violation | undefined;
  /** Whether the time ran out within an execution. That execution is not counted. */
  late: boolean;
  /** The limit that ended the search; undefined if the search is complete. */
  limit: ReachedLimit | undefined;
  /**
   * Whether `limit` is a limit of one execution, so that further work cannot complete the search.
   */
  isOver: boolean;
  /** Describes the first execution that was cut. */
  cutBy: CutBy | undefined;
}

/**
 * What ended a search.
 *
 * - `time`, `executions`, `memory`: a limit of the search.
 * - `execution`: a limit of one execution.
 * - `livelocks`: all states were visited, but the search for livelocks among them had no time left.
 * - `unsupported`: an access that the search does not support.
 */
export interface ReachedLimit {
  readonly kind: 'time' | 'executions' | 'memory' | 'execution' | 'livelocks' | 'unsupported';
  readonly text: string;
}

/** Why an execution was cut. */
export interface CutBy {
  /** The limit that it reached. */
  readonly limit: string;
  /** The loop with the most iterations: its place and its thread. Undefined if none is known. */
  readonly loop: string | undefined;
}

/** The counts of a running search, and its limits. */
export class SearchProgress implements SearchResult {
  executions = 0;
  blocked = 0;
  cut = 0;
  states = 0;
  steps = 0;
  violation: Violation | undefined = undefined;
  late = false;
  limit: ReachedLimit | undefined = undefined;
  isOver = false;
  cutBy: CutBy | undefined = undefined;
  private readonly limits: Limits;
  private readonly deadline: Deadline;

  constructor(limits: Limits) {
    this.limits = limits;
    this.deadline = new Deadline(limits.seconds);
  }

  /** A copy as plain data. */
  get result(): SearchResult {
    const { executions, blocked, cut, states, steps, violation, late, limit, isOver, cutBy } = this;
    return { executions, blocked, cut, states, steps, violation, late, limit, isOver, cutBy };
  }

  /** How many executions may still be run. */
  get executionsLeft(): number {
    return this.limits.executions - this.executions - this.blocked - this.cut;
  }

  /** The deadline: see `isPast`. */
  get until(): number {
    return this.deadline.end;
  }

  get secondsLeft(): number {
    return this.limits.seconds - this.deadline.seconds;
  }

  /** Counts an execution that has stopped. Returns whether it ends the search. */
  count(stop: Stop, violation: Violation | undefined): boolean {
    if (stop.kind === 'finished') this.executions++;
    else if (stop.kind === 'blocked') this.blocked++;
    else if (stop.kind === 'limit') this.cut++;
    this.violation = violation;
    return violation !== undefined;
  }

  /** Records why an execution was cut. Returns whether that ends the search. */
  recordCut(execution: Execution): boolean {
    this.cutBy ??= { limit: execution.limit, loop: execution.threads.longestLoop() };
    this.isOver = execution.steps < execution.stepsMax || this.cut >= (this.limits.cuts ?? Infinity);
    if (this.isOver) this.endBy('execution', execution.limit);
    return this.isOver;
  }

  /** To be called when no work remains. If executions were cut, the search is not complete. */
  complete(): this {
    if (this.cut > 0) this.limit ??= this.cutBy && { kind: 'execution', text: this.cutBy.limit };
    return this;
  }

  /** Ends the search because the time ran out within an execution. */
  timeOut(): void {
    this.late = true;
    this.endByTime();
  }

  /** Ends the search by a limit. */
  endBy(kind: ReachedLimit['kind'], text: string): void {
    this.limit = { kind, text };
  }

  private endByTime(): void {
    this.endBy('time', isStopRequested() ? 'an interruption' : `${this.limits.seconds} seconds`);
  }

  /** Adds the result of a work item. */
  merge(result: SearchResult): void {
    this.executions += result.executions;
    this.blocked += result.blocked;
    this.cut += result.cut;
    this.steps += result.steps;
    this.violation ??= result.violation;
    if (result.late) this.timeOut();
    this.limit ??= result.limit;
    this.isOver ||= result.isOver;
    this.cutBy ??= result.cutBy;
  }

  /** Whether a limit is reached. Reads the clock in each call. */
  limitReachedNow(): boolean {
    if (this.secondsLeft <= 0 || isStopRequested()) this.endByTime();
    return this.limitReached(0);
  }

  /** Whether a limit is reached, with `bytes` in use. Reads the clock only now and then. */
  limitReached(bytes: number): boolean {
    const { bytes: bytesMax } = this.limits;
    if (this.executionsLeft <= 0) this.endBy('executions', `${this.limits.executions} executions`);
    else if (bytes > bytesMax) this.endBy('memory', formatMemoryLimit(bytesMax));
    else if (this.deadline.over) this.endByTime();
    return this.limit !== undefined;
  }
}
