import { isDeepStrictEqual } from 'node:util';
import type { Scenario } from '../../check/scenario.ts';
import type { Violation } from '../../explore/execution/violation.ts';
import { contextSwitches, encodeChoice, readFromIndex, threadOf } from '../../explore/schedule.ts';
import { Pct } from '../../explore/schedulers/pct.ts';
import { ReplayScheduler } from '../../explore/schedulers/replay.ts';
import type { OpenedScenario } from '../../scenario/scenarioRef.ts';
import { runOnce } from '../createRun.ts';
import { type Failure, reproducedFailure } from '../failure.ts';
import { createAttempt } from './attempt.ts';
import type { Budget } from './budget.ts';
import { failsUnderSc, searchWithinSwitches } from './fewestSwitches.ts';
import { passesInOrders, type SequentialOrder } from './sequentialOrders.ts';
import type { Wakers } from './wakers.ts';

/** Draws by which a smaller scenario is tried if it has too many states to search. */
const DRAWS = 150;

/** What a failure of a smaller scenario must have in common with the original one. */
export interface Requirements {
  /** Whether it may have no more context switches than the larger failure. */
  readonly keepsSwitches: boolean;
  /** Whether it must not fail under `sc` without tearing. */
  readonly needsMemoryModel: boolean;
  /** Of a data race: its accesses. */
  readonly race: Violation['race'];
  /** Of a deadlock or livelock: finds operations that may not be removed. */
  readonly wakers: Wakers | undefined;
  /** Of a user's scenario: it must hold in these orders. Undefined for a generated one. */
  readonly orders: readonly SequentialOrder[] | undefined;
}

/**
 * Looks for the violation of `larger` in a smaller scenario. It tries the same schedule, then all
 * schedules with as many context switches, then draws.
 *
 * If the violation needs the memory model or tearing, the smaller scenario must need it as well.
 * Otherwise removing a store would reproduce a stale read on any machine.
 */
export function reproduce(
  smaller: OpenedScenario,
  larger: Failure,
  { keepsSwitches, needsMemoryModel, race, wakers, orders }: Requirements,
  budget: Budget,
): Failure | undefined {
  const { property, schedule } = larger;
  const run = createAttempt(smaller, larger);
  // Without the operation that orders two others, these race. So it must be the same data race.
  const isSame = (found: Violation): boolean => found.property === property && isDeepStrictEqual(found.race, race);
  // A data race is there in any order.
  if (orders !== undefined && race === undefined && !passesInOrders(run, orders)) return undefined;
  if (needsMemoryModel && failsUnderSc(smaller, larger, budget)) return undefined;
  run.execution.until = budget.deadline;
  const switches = contextSwitches(schedule);
  const accept = (violation: Violation | undefined): Failure | undefined => {
    budget.spend(run.execution.steps);
    if (violation === undefined || !isSame(violation) || run.execution.steps === 0) return undefined;
    if (wakers?.areKept(run, smaller.scenario) === false) return undefined;
    const found = reproducedFailure(run, smaller, larger, violation);
    return keepsSwitches && contextSwitches(found.schedule) > switches ? undefined : found;
  };
  const sameSchedule = withoutRemovedActors(schedule, larger.scenario, smaller.scenario);
  const found = accept(runOnce(run, new ReplayScheduler(sameSchedule)).violation);
  if (found !== undefined) return found;
  const bounded = searchWithinSwitches(smaller, larger, switches, budget);
  if (bounded.failure !== undefined || bounded.isExhaustive) {
    if (bounded.failure === undefined || !isSame(bounded.failure)) return undefined;
    return wakers === undefined
      ? bounded.failure
      : accept(runOnce(run, new ReplayScheduler(bounded.failure.schedule)).violation);
  }
  const pct = new Pct(1, 3, run.execution.node.length, schedule.length);
  for (let index = 0; index < DRAWS && !budget.isSpent; index++) {
    const drawn = accept(runOnce(run, pct, index).violation);
    if (drawn !== undefined) return drawn;
  }
  return undefined;
}

/** The schedule without the steps of removed actors, with the threads numbered as in `smaller`. */
function withoutRemovedActors(
  schedule: readonly number[],
  { program: larger }: Scenario,
  { program: smaller }: Scenario,
): readonly number[] {
  if (larger.actors.length === smaller.actors.length) return schedule;
  const newIndex = larger.actors.map(({ name }) => smaller.actors.findIndex((actor) => actor.name === name));
  return schedule.flatMap((choice) => {
    // Under `tso`, the store buffers are the threads after the actors.
    const [thread, actor] = [threadOf(choice), threadOf(choice) % larger.actors.length];
    if (newIndex[actor] < 0) return [];
    const newThread = thread < larger.actors.length ? newIndex[actor] : smaller.actors.length + newIndex[actor];
    return [encodeChoice(newThread, readFromIndex(choice))];
  });
}
