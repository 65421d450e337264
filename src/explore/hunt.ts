import type { Execution } from './execution.ts';
import { Deadline, type Limits } from './limits.ts';
import type { Scheduler } from './scheduler.ts';
import type { Judge, SearchResult } from './states.ts';

/**
 * Executions number `first`, `first` + 1, … under a scheduler that draws them, until one violates a property or a limit is reached. That
 * many executions were searched; nothing is proved. An execution that needs more than its steps is counted apart, as `cut`.
 */
export function hunt(
  execution: Execution,
  judge: Judge,
  scheduler: Scheduler,
  limits: Limits,
  first = 0,
): SearchResult & { readonly cut: number } {
  const deadline = new Deadline(limits.seconds);
  let steps = 0;
  let cut = 0;
  for (let executions = 0; ; ) {
    if (executions >= limits.executions) {
      return { states: 0, executions, steps, violation: undefined, limit: `${limits.executions} executions`, cut };
    }
    if (deadline.over)
      return { states: 0, executions, steps, violation: undefined, limit: `${limits.seconds} seconds`, cut };
    scheduler.begin(first + executions);
    execution.reset();
    const stop = execution.run(scheduler);
    steps += execution.steps;
    executions++;
    if (stop.kind === 'limit') cut++;
    const violation = judge.end(stop);
    if (violation !== undefined) return { states: 0, executions, steps, violation, limit: undefined, cut };
  }
}
