import type { Execution } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import type { WorkItem, WorkList } from '../parallel/workItem.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from './searchProgress.ts';
import type { TraceCounter } from './traceCounter.ts';

/**
 * Runs executions number `first`, `first` + 1, … of a randomized scheduler, until one violates a
 * property or a limit is reached. This samples executions; it proves nothing.
 */
export function sampleExecutions(
  execution: Execution,
  checker: PropertyChecker,
  scheduler: Scheduler,
  limits: Limits,
  first = 0,
  classes?: TraceCounter,
): SearchResult {
  const progress = new SearchProgress(limits);
  execution.until = progress.until;
  for (let index = first; !progress.limitReached(0); index++) {
    scheduler.begin(index);
    execution.reset();
    const stop = execution.run(scheduler);
    progress.steps += execution.steps;
    if (stop.kind === 'late') {
      progress.timeOut();
      break;
    }
    if (stop.kind === 'finished') classes?.add();
    if (progress.count(stop, checker.atEnd(stop))) break;
  }
  return progress;
}

/** Executions of a work item. */
const EXECUTIONS = 256;

/** The executions of a randomized scheduler as work items. There is no last one. */
export class SamplingWorkList implements WorkList {
  private first = 0;

  next(most: number, executions: number): WorkItem[] {
    const items: WorkItem[] = [];
    for (let left = executions; items.length < most && left > 0; left -= EXECUTIONS) {
      const count = Math.min(EXECUTIONS, left);
      items.push({ kind: 'sampling', first: this.first, count });
      this.first += count;
    }
    return items;
  }

  complete(): void {}
}
