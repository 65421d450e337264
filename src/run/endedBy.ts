/**
 * Whether Piscina rejected a task with `error` because `signal` was aborted. It keeps the reason of
 * the signal as the cause.
 */
export const isAbortedBy = (signal: AbortSignal, error: unknown): boolean =>
  signal.aborted && (error as Error | undefined)?.cause === signal.reason;
