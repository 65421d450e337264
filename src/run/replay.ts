import type { Execution } from '../explore/execution/execution.ts';
import type { Violation } from '../explore/execution/violation.ts';
import { isCycle } from '../explore/liveness/fairCycle.ts';
import { readFromIndex, threadOf } from '../explore/schedule.ts';
import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { StateCache } from '../explore/states/stateCache.ts';
import { BadInput } from '../input/badInput.ts';
import { takeRunningProperty } from '../scenario/runningProperty.ts';
import { type CheckedExecution, REPLAY_SECONDS, runGuarded } from './createRun.ts';
import { livelockViolation } from './search/livelock.ts';

/**
 * Replays a schedule exactly. Returns the violation that it leads to. Throws `BadInput` if a step
 * is impossible, or if a property does not return.
 *
 * @param what the name of the scenario, for messages.
 * @param cycle of a livelock: so many of the last steps must lead back to the state they begin in.
 */
export function replay(
  run: CheckedExecution,
  order: readonly number[],
  what: string,
  cycle?: number,
): Violation | undefined {
  const scheduler = new StrictReplayScheduler(order);
  const { stop, violation } = runGuarded(run, scheduler);
  const { steps } = run.execution;
  const impossible = (step: number, why: string): BadInput =>
    new BadInput(`${what}: step ${step + 1} of the schedule is impossible: ${why}`);
  if (stop.kind === 'late')
    throw new BadInput(
      `${what}: ${takeRunningProperty() ?? 'the schedule'} has not ended after ${REPLAY_SECONDS} seconds`,
    );
  if (scheduler.strayed >= 0)
    throw impossible(scheduler.strayed, whyImpossible(run.execution, order[scheduler.strayed]));
  const forbidden = run.execution.memory.whyForbidden?.();
  if (forbidden !== undefined) throw new BadInput(`${what}: the schedule is no execution: ${forbidden}`);
  if (stop.kind !== 'pruned' && steps < order.length && violation === undefined)
    throw impossible(steps, 'all actors have ended');
  if (cycle === undefined || violation !== undefined) return violation;
  return isCycle(run.execution, new StateCache(run.execution, run.checker), order, cycle)
    ? livelockViolation(run.execution.program, order.slice(-cycle))
    : undefined;
}

/** Why `choice` cannot be the next step. */
function whyImpossible(execution: Execution, choice: number): string {
  const [thread, readFrom] = [threadOf(choice), readFromIndex(choice)];
  const { actors } = execution.program;
  if (thread >= execution.node.length) return `there is no thread ${thread}`;
  if (thread >= actors.length) return `the store buffer of ${actors[thread - actors.length].name} is empty there`;
  const { name } = actors[thread];
  if ((execution.enabled & (1 << thread)) === 0) return `${name} cannot take a step there`;
  const ways = execution.choiceCount(thread);
  return ways === 1
    ? `${name} can take it in one way alone, so without .${readFrom}`
    : `${name} can take it in the ways 0 to ${ways - 1}, so not in ${readFrom}`;
}
