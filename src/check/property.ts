import type { Violation } from '../explore/execution/violation.ts';
import type { WaitingThread } from '../explore/execution/waiting.ts';
import type { Cell, Cell64, Lock, Place } from '../memory/cell.ts';

/** What a property can read: shared memory as it is now, and the results of finished operations. */
export interface StateView {
  /** The value of a cell, from 0 to 2^bits - 1. */
  read(cell: Cell): number;
  /** The value of a cell of 64 bits. */
  read64(cell: Cell64): bigint;
  /** The thread that holds a lock, or -1. */
  holder(lock: Lock): number;
  /** All of memory as 32-bit words, from byte 0 on. */
  readonly words: Uint32Array;
  /** By thread, then by operation: its result; undefined until the operation has ended. */
  readonly results: readonly (readonly unknown[])[];
}

/** One step, as a monitor sees it. The object is reused for the next step. */
export interface StepEvent {
  /** The number of the actor that took the step, from 0. */
  readonly thread: number;
  /** Index of the operation that took the step. */
  readonly operation: number;
  /**
   * The kind of access. Loads and stores: 0 read, 1 write, 2 load, 3 store, 4 loadAcquire, 5
   * storeRelease. Read-modify-writes: 6 xchg, 7 cmpxchg, 8 fetchAdd, 9 fetchAnd, 10 fetchOr. Locks
   * and wait queues: 11 lock, 12 unlock, 13 wait, 14 resume (after a wait), 15 wake. Fences: 16
   * rmb, 17 wmb, 18 mb. Further kinds have numbers from 20 on: see `Kind`.
   */
  readonly kind: number;
  /** The accessed cell or lock. */
  readonly place: Place;
  /** The value that was loaded or stored: its lower 32 bits. */
  readonly value: number;
  /** The value before a write: its lower 32 bits. */
  readonly old: number;
}

/**
 * A property over the order of steps: a sequential model that runs beside the execution. States are
 * immutable, so that a search can return to any of them. A step that changes nothing returns the
 * state that it was given.
 */
export interface Monitor<State> {
  /** The name of the property. */
  readonly name: string;
  /**
   * Whether the monitor depends on steps on this place. Steps on other places must not change its
   * state. What `returned` does may depend only on these places, and on the returning thread's own
   * part of the state. Reductions preserve the order of the steps on these places.
   */
  sees(place: Place): boolean;
  /** The state before the first step. */
  init(): State;
  /** The state after a step, or the violation. */
  step(state: State, event: StepEvent, view: StateView): State | Violation;
  /** The state after an operation has ended with `result`, or the violation. */
  returned(state: State, thread: number, operation: number, result: unknown, view: StateView): State | Violation;
  /** States with equal keys must have the same future. */
  key(state: State): string;
}

/**
 * A property over the steps of each thread alone: what the thread does, the values that it reads,
 * and the locks that it holds. All memory models agree on their order: it is program order. So it
 * is checked at each step under `tso` and `rc11`, too, where no `Monitor` is.
 *
 * A state is that of one thread. It is immutable, and a step that changes nothing returns it.
 */
export interface ThreadMonitor<State> {
  readonly name: string;
  /** The state of a thread before its first step. */
  init(thread: number): State;
  /** The state after an access of the thread, or the violation. Fences are left out. */
  step(state: State, event: StepEvent, holds: (lock: Lock) => boolean): State | Violation;
  /** The state after an operation has ended with `result`, or the violation. */
  returned(state: State, thread: number, operation: number, result: unknown): State | Violation;
  /** States with equal keys must have the same future. */
  key(state: State): string;
}

/** The properties of a scenario. */
export interface Properties {
  /** Must hold after each step. */
  readonly always: Readonly<Record<string, (view: StateView) => boolean>>;
  /** Must hold after some step of some execution; otherwise the exploration was vacuous. */
  readonly sometimes: Readonly<Record<string, (view: StateView) => boolean>>;
  /** Must hold when all operations have ended. A string says what was seen instead. */
  readonly finally: Readonly<Record<string, (view: StateView) => boolean | string>>;
  /** Sequential models that check the order of steps. */
  // biome-ignore lint/suspicious/noExplicitAny: only a monitor itself uses its states
  readonly monitors: readonly Monitor<any>[];
  /**
   * Replaces the monitors under memory models where the order of steps is not the order of their
   * effects. Checked at the end; may read results.
   */
  readonly unordered?: Properties['finally'];
  /** Replaces the monitors there as well, at each step: see `ThreadMonitor`. */
  // biome-ignore lint/suspicious/noExplicitAny: only a monitor itself uses its states
  readonly threadMonitors?: readonly ThreadMonitor<any>[];
  /** Whether results are part of the state. Left out: if any property reads results. */
  readonly resultsMatter?: boolean;
  /**
   * The name of the property that a deadlock violates, given what each thread waits for. Undefined:
   * this deadlock is no violation, and the execution is ignored.
   */
  readonly deadlock: (waiting: readonly WaitingThread[]) => string | undefined;
}

export const noProperties: Properties = {
  always: {},
  sometimes: {},
  finally: {},
  monitors: [],
  deadlock: () => 'no deadlock',
};

export const isViolation = (value: unknown): value is Violation =>
  typeof value === 'object' && value !== null && 'property' in value && 'message' in value;
