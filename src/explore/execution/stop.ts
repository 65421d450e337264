import type { ViolationStop } from './violation.ts';

/**
 * How an execution stopped.
 *
 * - `finished`: all threads have ended.
 * - `blocked`: an `assume` was false, or a spin loop was cut (see `Execution.blockOnSpin`).
 * - `deadlock`: every unfinished thread waits for a lock or sleeps.
 * - `livelock`: no thread can go on, and one of them is in a spin loop that writes nothing.
 * - `limit`: the execution has taken its steps, or its memory.
 * - `late`: the time of the search is over.
 * - `pruned`: the scheduler wanted no more of it.
 * - `violated`, `crashed`: see `ViolationStop`.
 */
export type Stop =
  | { readonly kind: 'finished' | 'blocked' | 'deadlock' | 'livelock' | 'limit' | 'late' | 'pruned' }
  | ViolationStop;

export const FINISHED: Stop = { kind: 'finished' };
export const BLOCKED: Stop = { kind: 'blocked' };
export const DEADLOCK: Stop = { kind: 'deadlock' };
export const LIVELOCK_STOP: Stop = { kind: 'livelock' };
export const LIMIT: Stop = { kind: 'limit' };
export const LATE: Stop = { kind: 'late' };
export const PRUNED: Stop = { kind: 'pruned' };
