import type { Execution } from '../explore/execution/execution.ts';
import type { Violation } from '../explore/execution/violation.ts';
import { isCycle } from '../explore/liveness/fairCycle.ts';
import { readFromIndex, threadOf } from '../explore/schedule.ts';
import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { StateCache } from '../explore/states/stateCache.ts';
import { BadInput } from '../input/badInput.ts';
import { type CheckedExecution, runGuarded } from './createRun.ts';
import { livelockViolation } from './search/livelock.ts';

/**
 * Follows a schedule to the letter, and returns the violation it leads to. Throws `BadInput` where it cannot be followed.
 *
 * @param cycle of a livelock: so many of the last steps are to lead to the state that they begin in.
 */
export function replay(
  run: CheckedExecution,
  order: readonly number[],
  what: string,
  cycle?: number,
): Violation | undefined {
  const exact = new StrictReplayScheduler(order);
  const { stop, violation } = runGuarded(run, exact);
  const { steps } = run.execution;
  const impossible = (step: number, why: string): BadInput =>
    new BadInput(`${what}: step ${step + 1} of the schedule is impossible: ${why}`);
  if (exact.strayed >= 0) throw impossible(exact.strayed, whyNot(run.execution, order[exact.strayed]));
  if (stop.kind !== 'pruned' && steps < order.length && violation === undefined)
    throw impossible(steps, 'all actors have ended');
  if (cycle === undefined || violation !== undefined) return violation;
  return isCycle(run.execution, new StateCache(run.execution, run.checker), order, cycle)
    ? livelockViolation(run.execution.program, order.slice(-cycle))
    : undefined;
}

/** Why the next step cannot be that one. */
function whyNot(execution: Execution, choice: number): string {
  const [thread, way] = [threadOf(choice), readFromIndex(choice)];
  const { actors } = execution.program;
  if (thread >= execution.node.length) return `there is no thread ${thread}`;
  if (thread >= actors.length) return `the store buffer of ${actors[thread - actors.length].name} is empty there`;
  const { name } = actors[thread];
  if ((execution.enabled & (1 << thread)) === 0) return `${name} cannot take a step there`;
  const ways = execution.choiceCount(thread);
  return ways === 1
    ? `${name} can take it in one way alone, so without .${way}`
    : `${name} can take it in the ways 0 to ${ways - 1}, so not in ${way}`;
}
