import { type Limits, wallClock } from '../limits.ts';
import { SearchProgress } from '../search/searchProgress.ts';
import { CLASSES_MAX, Uint53Set } from '../search/traceCounter.ts';
import type { WorkItem, WorkList, WorkResult } from './workItem.ts';

/** Parts of a round, and executions of a part: few at first, so that there is soon something for everybody. */
const PARTS = 64;
const FEW = 8;
const [SHORT, LONG] = [32, 256];

/** Some parts, and the limits of each. */
export interface WorkBatch {
  readonly parts: readonly WorkItem[];
  /** When the time of the search is over, by `wallClock`: a round is planned before the one ahead of it is done, so that what is left then says little. */
  readonly until: number;
  readonly limits: Limits;
}

/**
 * A search, round by round: in each, some parts are done up to a budget, in any order or at the same time; then what was done is taken in, in the order of the
 * parts. The round after it is known before, so that nobody has to wait for that. What is done depends on neither the number of workers nor their
 * speed.
 */
export class BatchedSearch {
  readonly tally: SearchProgress;
  /** The last part that was taken in: the one with the violation, where there is one. */
  last: WorkResult | undefined;
  /** Loops that were bounded, and that were taken for loops without a state; whether one has a state after all. */
  readonly bounds = new Set<string>();
  readonly compared = new Set<string>();
  isRefuted = false;
  readonly classes = new Uint53Set();
  readonly readsFrom = new Uint53Set();
  private readonly plan: WorkList;
  private readonly limits: Limits;
  /** Executions that are promised to rounds that were not taken in yet. */
  private promised = 0;

  constructor(plan: WorkList, limits: Limits) {
    this.plan = plan;
    this.limits = limits;
    this.tally = new SearchProgress(limits);
  }

  /** All rounds, each with the one after it, which may be begun already. Wants what was done of `now`, in the order of its parts. */
  *all(): Generator<{ readonly now: WorkBatch; readonly ahead: WorkBatch }, void, readonly WorkResult[]> {
    for (let now = this.next(); now.parts.length > 0; ) {
      const ahead = this.next();
      this.took(now, yield { now, ahead });
      now = ahead.parts.length > 0 ? ahead : this.next();
    }
  }

  private next(): WorkBatch {
    const { tally } = this;
    if (this.isRefuted || tally.violation !== undefined || tally.limit !== undefined || tally.overNow()) return NOTHING;
    const executions = tally.executionsLeft - this.promised;
    const parts = this.plan.next(Math.min(PARTS, executions), executions);
    const budget = Math.min(parts.length < FEW ? SHORT : LONG, Math.floor(executions / Math.max(1, parts.length)));
    this.promised += promiseOf(parts, budget);
    const until = wallClock() + tally.secondsLeft * 1000;
    return {
      parts,
      until,
      limits: { ...this.limits, executions: budget, seconds: tally.secondsLeft, bytes: Infinity },
    };
  }

  /** Takes in what was done of the parts, in their order. After a violation, or when the time was over, there may be fewer. */
  private took({ parts, limits }: WorkBatch, done: readonly WorkResult[]): void {
    const { tally, plan } = this;
    this.promised -= promiseOf(parts, limits.executions);
    for (let i = 0; i < done.length && tally.violation === undefined; i++) {
      // The budget of a part is no limit of the search; what is left says so.
      tally.add({
        ...done[i],
        states: 0,
        limit: done[i].isOver && parts[i].kind !== 'draws' ? done[i].limit : undefined,
      });
      this.last = done[i];
      for (const loop of done[i].bounds) this.bounds.add(loop);
      for (const loop of done[i].compared) this.compared.add(loop);
      this.isRefuted ||= done[i].isRefuted;
      if (this.classes.size < CLASSES_MAX) for (const seen of done[i].classes) this.classes.add(seen);
      if (this.readsFrom.size < CLASSES_MAX) for (const seen of done[i].readsFrom) this.readsFrom.add(seen);
      plan.took(parts[i], done[i]);
    }
  }
}

const promiseOf = (parts: readonly WorkItem[], budget: number): number =>
  parts.reduce((sum, part) => sum + (part.kind === 'draws' ? part.count : budget), 0);

const NOTHING: WorkBatch = { parts: [], until: 0, limits: { executions: 0, seconds: 0, bytes: 0 } };
