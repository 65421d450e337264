import { ReplayScheduler } from '../../explore/schedulers/replay.ts';
import type { OpenedScenario } from '../../scenario/scenarioRef.ts';
import { type CheckedExecution, createRun, runOnce } from '../createRun.ts';
import { type Failure, reproducedFailure } from '../failure.ts';
import type { Budget } from './budget.ts';

/**
 * A run of a scenario in place of a failure. Its executions may be longer than that of the failure.
 */
export const createAttempt = ({ scenario }: OpenedScenario, failure: Failure): CheckedExecution =>
  createRun(scenario, 4 * failure.schedule.length + 1000, failure);

/**
 * Replays another schedule of the same scenario. Returns undefined unless the same property fails.
 */
export function trySchedule(
  run: CheckedExecution,
  failure: Failure,
  schedule: readonly number[],
  budget: Budget,
): Failure | undefined {
  const { violation } = runOnce(run, new ReplayScheduler(schedule));
  budget.spend(run.execution.steps);
  return violation?.property === failure.property ? reproducedFailure(run, failure, failure, violation) : undefined;
}
