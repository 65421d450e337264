import { type Limits, wallClock } from '../limits.ts';
import { SearchProgress } from '../search/searchProgress.ts';
import { TRACES_MAX } from '../search/traceCounter.ts';
import { Uint53Set } from '../search/uint53Set.ts';
import type { WorkItem, WorkList, WorkResult } from './workItem.ts';

/** The most items of a batch. */
const ITEMS_MAX = 64;
/**
 * Executions per item: few while there are fewer than this many items, so that more appear soon.
 */
const FEW_ITEMS = 8;
const BUDGET_FEW = 32;
const BUDGET_MANY = 256;

/** Work items that are run together, and the limits of each. */
export interface WorkBatch {
  readonly items: readonly WorkItem[];
  /**
   * Absolute deadline of the search, by `wallClock`. It is stored instead of the remaining time
   * because a batch is planned one batch early.
   */
  readonly deadline: number;
  readonly limits: Limits;
}

interface ConsecutiveBatches {
  readonly now: WorkBatch;
  readonly ahead: WorkBatch;
}

/**
 * A search in batches of work items. The items of a batch run up to a budget, in any order or in
 * parallel; their results are taken in by item order. The next batch is known before the current
 * one is done, so that no worker idles. The result depends on neither the number of workers nor
 * their speed.
 */
export class BatchedSearch {
  readonly progress: SearchProgress;
  /** The result that was taken in last: the one with the violation, if there is one. */
  lastResult: WorkResult | undefined;
  /** As in `WorkResult`, over all results. */
  readonly bounds = new Set<string>();
  readonly compared = new Set<string>();
  isRefuted = false;
  readonly classes = new Uint53Set();
  readonly readsFrom = new Uint53Set();
  private readonly workList: WorkList;
  private readonly limits: Limits;
  /** Executions reserved for batches that are not taken in yet. */
  private reserved = 0;

  constructor(workList: WorkList, limits: Limits) {
    this.workList = workList;
    this.limits = limits;
    this.progress = new SearchProgress(limits);
  }

  /**
   * All batches, each with the one after it, which may be started early. The caller sends back the
   * results of `now`, in the order of its items.
   */
  *batches(): Generator<ConsecutiveBatches, void, readonly WorkResult[]> {
    for (let now = this.next(); now.items.length > 0; ) {
      const ahead = this.next();
      this.complete(now, yield { now, ahead });
      now = ahead.items.length > 0 ? ahead : this.next();
    }
  }

  private next(): WorkBatch {
    const { progress } = this;
    if (this.isRefuted || progress.violation !== undefined) return NO_WORK;
    if (progress.limit !== undefined || progress.limitReachedNow()) return NO_WORK;
    const executions = progress.executionsLeft - this.reserved;
    const items = this.workList.next(Math.min(ITEMS_MAX, executions), executions);
    const most = Math.floor(executions / Math.max(1, items.length));
    const budget = Math.min(items.length < FEW_ITEMS ? BUDGET_FEW : BUDGET_MANY, most);
    this.reserved += reservedFor(items, budget);
    const seconds = progress.secondsLeft;
    return {
      items,
      deadline: wallClock() + seconds * 1000,
      limits: { ...this.limits, executions: budget, seconds, bytes: Infinity },
    };
  }

  /** Takes in results in item order. After a violation or a time-out there may be fewer. */
  private complete({ items, limits }: WorkBatch, results: readonly WorkResult[]): void {
    const { progress, workList } = this;
    this.reserved -= reservedFor(items, limits.executions);
    for (let i = 0; i < results.length && progress.violation === undefined; i++) {
      const result = results[i];
      // The budget of an item is no limit of the search: the work that remains says so.
      const limit = result.isOver && items[i].kind !== 'sampling' ? result.limit : undefined;
      progress.merge({ ...result, states: 0, limit });
      this.lastResult = result;
      for (const loop of result.bounds) this.bounds.add(loop);
      for (const loop of result.compared) this.compared.add(loop);
      this.isRefuted ||= result.isRefuted;
      if (this.classes.size < TRACES_MAX) for (const hash of result.classes) this.classes.add(hash);
      if (this.readsFrom.size < TRACES_MAX) for (const hash of result.readsFrom) this.readsFrom.add(hash);
      workList.complete(items[i], result);
    }
  }
}

const reservedFor = (items: readonly WorkItem[], budget: number): number =>
  items.reduce((sum, item) => sum + (item.kind === 'sampling' ? item.count : budget), 0);

const NO_WORK: WorkBatch = { items: [], deadline: 0, limits: { executions: 0, seconds: 0, bytes: 0 } };
