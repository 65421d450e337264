import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** The message to the command thread when the flag is set, for commands that wait for events. */
export const STOP = 'stop';

const KEY = 'gfnring: stop request';

let flag: Int32Array | undefined;

/**
 * Creates the flag. All threads that are started later inherit it. Returns the function that sets
 * it.
 */
export function createStopRequest(): () => void {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  setEnvironmentData(KEY, shared);
  flag = shared;
  return () => Atomics.store(shared, 0, 1);
}

/** Whether a signal asked the command to stop. A search then ends as if its time were over. */
export function isStopRequested(): boolean {
  flag ??= (getEnvironmentData(KEY) as Int32Array | undefined) ?? new Int32Array(1);
  return Atomics.load(flag, 0) === 1;
}
