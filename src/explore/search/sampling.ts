import type { Execution } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import type { WorkItem, WorkList } from '../work/workItem.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from './searchProgress.ts';
import type { TraceCounter } from './traceCounter.ts';

/**
 * Executions number `first`, `first` + 1, … under a scheduler that draws them, until one violates a property or a limit is reached. That
 * many executions were searched; nothing is proved.
 */
export function sampleExecutions(
  execution: Execution,
  judge: PropertyChecker,
  scheduler: Scheduler,
  limits: Limits,
  first = 0,
  classes?: TraceCounter,
): SearchResult {
  const tally = new SearchProgress(limits);
  execution.until = tally.until;
  for (let index = first; !tally.over(0); index++) {
    scheduler.begin(index);
    execution.reset();
    const stop = execution.run(scheduler);
    tally.steps += execution.steps;
    if (stop.kind === 'late') {
      tally.giveUp();
      break;
    }
    if (stop.kind === 'finished') classes?.add();
    if (tally.count(stop, judge.end(stop))) break;
  }
  return tally;
}

/** Executions of a part. */
const DRAWS = 256;

/** All executions that a scheduler draws, in parts; there is no end to them. */
export class SamplingWorkList implements WorkList {
  private first = 0;

  next(most: number, executions: number): WorkItem[] {
    const parts: WorkItem[] = [];
    for (let left = executions; parts.length < most && left > 0; left -= DRAWS) {
      const count = Math.min(DRAWS, left);
      parts.push({ kind: 'draws', first: this.first, count });
      this.first += count;
    }
    return parts;
  }

  took(): void {}
}
