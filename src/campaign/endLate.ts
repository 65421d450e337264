import { OUT_OF_TIME, withinTime } from '../run/withinTime.ts';
import { takeRunningProperty } from '../scenario/runningProperty.ts';

/** A task was ended, because it did not return in time. */
export class TaskLate extends Error {
  override readonly name = 'TaskLate';
  /** The property or the operation that had not returned. */
  readonly running: string | undefined;

  constructor(running: string | undefined) {
    super('a task did not return in time');
    this.running = running;
  }
}

/**
 * Runs code of users that may never return. Throws `TaskLate`.
 *
 * @param operation the operation that has not returned, if no property is running.
 */
export function endLate<T>(seconds: number, run: () => T, operation?: () => string | undefined): T {
  const result = withinTime(seconds, run);
  if (result === OUT_OF_TIME) throw new TaskLate(takeRunningProperty() ?? operation?.());
  return result;
}
