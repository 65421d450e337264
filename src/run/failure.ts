import type { OpenedScenario } from '../scenario/scenarioRef.ts';
import { type CheckedExecution, type MemoryConfig, scheduleOf } from './createRun.ts';

/** A schedule under which a scenario violates a property. */
export interface Failure extends OpenedScenario, MemoryConfig {
  readonly property: string;
  readonly message: string;
  readonly schedule: readonly number[];
  /** Of a livelock: so many of the last steps repeat for ever. */
  readonly cycle?: number;
}

/**
 * The failure that `run` has just reproduced: `like` with another scenario, message and schedule.
 */
export const reproduced = (
  run: CheckedExecution,
  { source, scenario }: OpenedScenario,
  like: Failure,
  message: string,
): Failure => ({
  ...like,
  source,
  scenario,
  message,
  schedule: scheduleOf(run),
});
