import type { Stop } from '../execution/execution.ts';
import type { Violation } from '../execution/violation.ts';
import type { Sleeper, WakeupNode } from '../optimalDpor/wakeupTree.ts';
import type { CutBy } from '../search/searchProgress.ts';
import type { Revisit } from '../trust/revisit.ts';

/** A part of a search that any worker can do, as plain data. */
export type WorkItem =
  /** Executions number `first` to `first + count - 1` of a scheduler that draws them. */
  | { readonly kind: 'draws'; readonly first: number; readonly count: number }
  /** All that begins with the schedule `prefix` and goes on with one of the threads in `untried`. */
  | { readonly kind: 'interleavings'; readonly prefix: readonly number[]; readonly untried: number }
  /** All classes that begin with `prefix` and the step `branch`, but for those that can begin with the step of one asleep. */
  | {
      readonly kind: 'classes';
      readonly prefix: readonly number[];
      readonly asleep: readonly Sleeper[];
      /** Undefined: whichever comes first. */
      readonly branch: WakeupNode | undefined;
    }
  /** All graphs that go on from there: see `searchGraphs`. */
  | { readonly kind: 'graphs'; readonly branch: Revisit };

/** What was done of a part, as plain data. */
export interface WorkResult {
  readonly executions: number;
  readonly blocked: number;
  readonly cut: number;
  readonly steps: number;
  readonly late: boolean;
  readonly isTime: boolean;
  readonly limit: string | undefined;
  readonly isOver: boolean;
  readonly cutBy: CutBy | undefined;
  /** Loops that were bounded, and loops that were taken for loops without a state, of the whole of what this worker has done. */
  readonly bounds: readonly string[];
  readonly compared: readonly string[];
  /** Whether one of the latter has a state after all. */
  readonly isRefuted: boolean;
  readonly violation: Violation | undefined;
  /** How the violation came about, and how the execution stopped. */
  readonly schedule: readonly number[];
  readonly stop: Stop['kind'] | undefined;
  /** The classes, and reads-from classes, of the complete executions: see `Classes`. */
  readonly classes: readonly number[];
  readonly readsFrom: readonly number[];
  /** Interleavings that are left to do, once the budget was spent. */
  readonly left: readonly WorkItem[];
  /** For `classes`: the steps after `prefix` that were tried, or still are to be, packed side by side (see `Packing`). */
  readonly tree: Int32Array;
  /** For `classes`: sequences of steps that are to be tried after the first `depth` steps of `prefix`. */
  readonly reversals: readonly Reversal[];
}

export interface Reversal {
  readonly depth: number;
  readonly threads: readonly number[];
  readonly codes: readonly number[];
}

/** Hands out the parts of a search, in an order that depends on nothing but the search. */
export interface WorkList {
  /**
   * The next parts, `most` at most, for `executions` at most where they are drawn. None when all has been handed out that is known by now: that is all there
   * is when nothing is being done any more.
   */
  next(most: number, executions: number): WorkItem[];
  /** Takes in what was done of a part. Called in the order in which parts were handed out. */
  took(part: WorkItem, done: WorkResult): void;
}
