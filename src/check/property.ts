import type { Violation } from '../explore/execution/violation.ts';
import type { Cell, Cell64, Lock, Place } from '../memory/cell.ts';

/** What a property may look at: shared memory as it is now, and what finished operations returned. */
export interface StateView {
  /** The value of a cell, from 0 to 2^bits - 1. */
  read(cell: Cell): number;
  /** The value of a cell of 64 bits. */
  read64(cell: Cell64): bigint;
  /** The thread that holds a lock, or -1. */
  holder(lock: Lock): number;
  /** All of memory, by 32 bits, from byte 0 on. */
  readonly words: Uint32Array;
  /** By thread and operation; undefined while an operation has not ended. */
  readonly results: readonly (readonly unknown[])[];
}

/** One step, as a monitor sees it. The object is used again for the next step. */
export interface StepEvent {
  /** The number of the actor that took it, from 0. */
  readonly thread: number;
  /** Index of the operation that took the step. */
  readonly operation: number;
  /**
   * What the access does: 0 read, 1 write, 2 load, 3 store, 4 loadAcquire, 5 storeRelease, 6 xchg, 7 cmpxchg, 8 fetchAdd, 9 fetchAnd, 10 fetchOr, 11 lock,
   * 12 unlock, 13 wait, 14 resume (a sleeper goes on), 15 wake, 16 rmb, 17 wmb, 18 mb.
   */
  readonly kind: number;
  /** The cell or the lock. */
  readonly place: Place;
  /** Loaded or stored value; the lower 32 bits. */
  readonly value: number;
  /** What was there before a write; the lower 32 bits. */
  readonly old: number;
}

/**
 * A property over the order of steps: a sequential model beside the execution. States are immutable, so that the search can go back
 * to any of them; a step that changes nothing returns the state it got.
 */
export interface Monitor<State> {
  /** Of the property. */
  readonly name: string;
  /**
   * Whether steps on this place matter to it: those on other places leave its state as it is. What `returned` says depends on the returning
   * thread's own part of the state and on places that matter. A reduction keeps the order of steps that matter.
   */
  sees(place: Place): boolean;
  /** Before the first step. */
  init(): State;
  /** The state after a step, or what the step has violated. */
  step(state: State, event: StepEvent, look: StateView): State | Violation;
  /** An operation has ended. */
  returned(state: State, thread: number, operation: number, result: unknown, look: StateView): State | Violation;
  /** Two states with the same key have the same future. */
  key(state: State): string;
}

/** All that is asked of a scenario. */
export interface Properties {
  /** Holds after every step. */
  readonly always: Readonly<Record<string, (look: StateView) => boolean>>;
  /** Must come true at some step of some execution, or the exploration was vacuous. */
  readonly sometimes: Readonly<Record<string, (look: StateView) => boolean>>;
  /** Holds when all operations have ended. A string says what was seen instead. */
  readonly finally: Readonly<Record<string, (look: StateView) => boolean | string>>;
  /** Sequential models that watch the order of steps. */
  // biome-ignore lint/suspicious/noExplicitAny: each monitor knows its own state, nobody else looks into it
  readonly monitors: readonly Monitor<any>[];
  /** Asked at the end, in place of the monitors, where the order of steps is not the order of their effects; may look at results. */
  readonly unordered?: Properties['finally'];
  /** Whether two states with other results are other states. Left out: when any property looks at results. */
  readonly resultsMatter?: boolean;
  /** Names the property that a deadlock breaks; undefined: a deadlock is none, and such executions are left out. */
  readonly deadlock: (waiting: readonly string[]) => string | undefined;
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
