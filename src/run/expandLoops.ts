import type { Execution } from '../explore/execution/execution.ts';
import { readFromIndex, threadOf } from '../explore/schedule.ts';
import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { createRun, runOnce, takenSchedule } from './createRun.ts';
import type { Failure } from './failure.ts';

/** Maximum number of accesses that are added to a schedule. */
const ADDED_MAX = 10_000;

/**
 * Adds the accesses that the explorer leaves out of a schedule: iterations of loops, and loads in
 * delays whose value is not used. They change nothing, but a thread that runs by itself makes them.
 * Returns the failure itself if there are none, or if it no longer fails with them.
 */
export function expandLoops(failure: Failure): Failure {
  const { scenario, schedule, cycle } = failure;
  if (cycle !== undefined || failure.category === 'stuck') return failure;
  const short = createRun(scenario, schedule.length + 1, failure);
  runOnce(short, new StrictReplayScheduler(schedule));
  const { tree } = short.execution;
  if (!tree.hasSpins && !tree.hasRetries) return failure;
  const full = createRun(scenario, schedule.length + ADDED_MAX, { ...failure, inFull: true });
  runInFull(full.execution, short.execution, schedule);
  if (full.execution.steps === short.execution.steps) return failure;
  const stop = full.execution.stopped();
  const violation = stop === null ? undefined : full.checker.atEnd(stop);
  return violation?.property === failure.property
    ? { ...failure, inFull: true, schedule: takenSchedule(full) }
    : failure;
}

/**
 * Runs `full` along the schedule of `short`. Before each step, the thread makes the accesses that
 * `short` leaves out.
 */
function runInFull(full: Execution, short: Execution, schedule: readonly number[]): void {
  const { tree, nodes, program } = short;
  const threads = program.actors.length;
  const canStep = (thread: number): boolean => full.stopped() === null && (full.enabled & (1 << thread)) !== 0;
  full.reset();
  for (const [s, choice] of schedule.entries()) {
    const thread = threadOf(choice);
    const access = s < short.steps ? tree.code[nodes[s]] : -1;
    while (access >= 0 && thread < threads && full.pending[thread] !== access && canStep(thread)) full.step(thread);
    if (canStep(thread)) full.step(thread, readFromIndex(choice));
  }
  // Accesses may be left out at the end of a thread, too.
  for (let thread = 0; thread < threads; thread++)
    while ((short.live & (1 << thread)) === 0 && canStep(thread)) full.step(thread);
}
