import type { Violation } from '../explore/execution/violation.ts';
import type { OpenedScenario } from '../scenario/scenarioRef.ts';
import { type CheckedExecution, type MemoryConfig, takenSchedule } from './createRun.ts';

/** A schedule under which a scenario violates a property. */
export interface Failure extends OpenedScenario, MemoryConfig, Violation {
  readonly schedule: readonly number[];
  /** Of a livelock: so many of the last steps repeat for ever. */
  readonly cycle?: number;
}

/**
 * The failure that `run` has just reproduced: `like` with another scenario, violation and schedule.
 */
export const reproducedFailure = (
  run: CheckedExecution,
  { source, scenario }: OpenedScenario,
  like: Failure,
  violation: Violation,
): Failure => ({
  ...like,
  ...violation,
  source,
  scenario,
  schedule: takenSchedule(run),
});
