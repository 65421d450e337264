import type { Stop } from '../execution/stop.ts';
import type { Violation } from '../execution/violation.ts';
import type { SleepingStep, WakeupNode } from '../optimalDpor/wakeupTree.ts';
import type { CutBy, ReachedLimit } from '../search/searchProgress.ts';
import type { PartialGraph } from '../trust/partialGraph.ts';

/** A unit of work of a search, as plain data: any worker can run it. */
export type WorkItem =
  /** Executions number `first` to `first + count - 1` of a randomized scheduler. */
  | { readonly kind: 'sampling'; readonly first: number; readonly count: number }
  /**
   * All interleavings that start with the schedule `prefix` and go on with a thread of `untried`.
   */
  | { readonly kind: 'dfs'; readonly prefix: readonly number[]; readonly untried: number }
  /** All classes that start with `prefix` and the step `branch`, and with no step of `sleepSet`. */
  | {
      readonly kind: 'optimalDpor';
      /** As a schedule. */
      readonly prefix: readonly number[];
      readonly sleepSet: readonly SleepingStep[];
      /** Undefined: any step. */
      readonly branch: WakeupNode | undefined;
    }
  /** All complete execution graphs that extend this one. */
  | { readonly kind: 'trust'; readonly graph: PartialGraph };

/** What a work item has come to, as plain data. */
export interface WorkResult {
  readonly executions: number;
  readonly blocked: number;
  readonly cut: number;
  readonly steps: number;
  readonly late: boolean;
  readonly limit: ReachedLimit | undefined;
  readonly isOver: boolean;
  readonly cutBy: CutBy | undefined;
  /** Loops that were bounded, over all items that this worker has run. */
  readonly bounds: readonly string[];
  /** Loops that were taken for stateless (see `LoopComparison`), over all items of this worker. */
  readonly compared: readonly string[];
  /** Whether one of `compared` turned out to have a state. */
  readonly isRefuted: boolean;
  readonly violation: Violation | undefined;
  /** The schedule of the violation; empty if there is none. */
  readonly schedule: readonly number[];
  /** How the violating execution stopped. */
  readonly stop: Stop['kind'] | undefined;
  /** Hashes of the classes, and of the reads-from classes, of the complete executions. */
  readonly classes: readonly number[];
  readonly readsFrom: readonly number[];
  /** For `dfs` and `trust`: the work that remained when the budget was spent. */
  readonly left: readonly WorkItem[];
  /** For `optimalDpor`: the wakeup tree after `prefix`, encoded (see `TreeEncoder`). */
  readonly tree: Int32Array;
  /** For `optimalDpor`: reversals to insert at nodes of `prefix`. */
  readonly reversals: readonly Reversal[];
}

/** A wakeup sequence that reverses a race, to be inserted after the first `depth` steps. */
export interface Reversal {
  readonly depth: number;
  readonly threads: readonly number[];
  /** The footprint of each step. */
  readonly codes: readonly number[];
}

/** Hands out the work items of a search. Their order depends on the search alone. */
export interface WorkList {
  /**
   * The next items, at most `most`; for `sampling`, at most `executions` executions in all. Returns
   * none if no more items are known yet. The search is complete when none are being run either.
   */
  next(most: number, executions: number): WorkItem[];
  /** Takes in the result of an item. Called in the order in which items were handed out. */
  complete(item: WorkItem, result: WorkResult): void;
}
