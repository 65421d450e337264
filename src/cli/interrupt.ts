import { STATUS } from './status.ts';

/** A signal that aborts at the first SIGINT or SIGTERM. The second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(STATUS.interrupted);
    controller.abort();
  };
  process.removeAllListeners('SIGINT').on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return controller.signal;
}
