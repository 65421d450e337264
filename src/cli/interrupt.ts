import { parentPort } from 'node:worker_threads';
import { STOP } from '../process/stopRequest.ts';

/** A signal that aborts when a signal asks the command to stop. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  parentPort?.on('message', (message) => message === STOP && controller.abort());
  // The command waits for other things.
  parentPort?.unref();
  return controller.signal;
}
