import { contextSwitches } from '../../explore/schedule.ts';
import { ReplayScheduler } from '../../explore/schedulers/replay.ts';
import { runOnce } from '../createRun.ts';
import type { Failure } from '../failure.ts';
import { createAttempt, trySchedule } from './attempt.ts';
import type { Budget } from './budget.ts';

/**
 * Removes steps that repeat the access before them, as in a loop that waits, while the violation
 * stays.
 */
export function removeRepeats(failure: Failure, budget: Budget): Failure {
  const run = createAttempt(failure, failure);
  runOnce(run, new ReplayScheduler(failure.schedule));
  const { schedule, nodes, tree } = run.execution;
  const repeats = Array.from(failure.schedule.keys()).filter(
    (s) => s > 0 && schedule[s] === schedule[s - 1] && tree.code[nodes[s]] === tree.code[nodes[s - 1]],
  );
  let best = failure;
  for (const s of repeats.reverse()) {
    if (budget.isSpent) break;
    const found = trySchedule(run, best, best.schedule.toSpliced(s, 1), budget);
    if (found === undefined || found.schedule.length >= best.schedule.length) continue;
    if (contextSwitches(found.schedule) <= contextSwitches(best.schedule)) best = found;
  }
  return best;
}
