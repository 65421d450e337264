import { STUCK } from '../explore/execution/violation.ts';
import { readFromIndex, threadOf } from '../explore/schedule.ts';
import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { createRun, runOnce, scheduleOf } from './createRun.ts';
import type { Failure } from './failure.ts';

/** Accesses that may have been left out of one schedule. */
const MORE_MAX = 10_000;

/**
 * A failure as its actors really come to it. The explorer leaves out iterations of loops, and of a delay the loads that nobody uses, where they change
 * nothing; a thread that runs on its own makes them. Where some are missing in the schedule they are put in, each as soon as it comes. Returns the
 * failure itself where none is missing.
 */
export function inFull(failure: Failure): Failure {
  const { scenario, schedule, cycle } = failure;
  if (cycle !== undefined || failure.property === STUCK) return failure;
  const short = createRun(scenario, schedule.length + 1, failure);
  runOnce(short, new StrictReplayScheduler(schedule));
  const { execution: of } = short;
  if (!of.tree.hasSpins && !of.tree.hasRetries) return failure;
  const full = createRun(scenario, schedule.length + MORE_MAX, { ...failure, inFull: true });
  const { execution, checker } = full;
  execution.reset();
  for (const [s, choice] of schedule.entries()) {
    const thread = threadOf(choice);
    const code = s < of.steps ? of.tree.code[of.nodes[s]] : -1;
    const goesOn = (): boolean => execution.stopped() === null && (execution.enabled & (1 << thread)) !== 0;
    while (code >= 0 && thread < of.program.actors.length && execution.pending[thread] !== code && goesOn())
      execution.step(thread);
    if (goesOn()) execution.step(thread, readFromIndex(choice));
  }
  for (let t = 0; t < of.program.actors.length; t++)
    while ((of.live & (1 << t)) === 0 && execution.enabled & (1 << t) && execution.stopped() === null)
      execution.step(t);
  if (execution.steps === of.steps) return failure;
  const stop = execution.stopped();
  const violation = stop === null ? undefined : checker.atEnd(stop);
  return violation?.property === failure.property ? { ...failure, inFull: true, schedule: scheduleOf(full) } : failure;
}
