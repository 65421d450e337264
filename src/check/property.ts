import type { Violation } from '../explore/execution.ts';
import type { Cell, Cell64, Lock, Place } from '../memory/cell.ts';

/** What a property may look at: shared memory as it is now, and what finished operations returned. */
export interface Look {
  read(cell: Cell): number;
  read64(cell: Cell64): bigint;
  /** The thread that holds a lock, or -1. */
  holder(lock: Lock): number;
  /** All of memory. */
  readonly words: Uint32Array;
  /** By thread and operation. */
  readonly results: readonly (readonly unknown[])[];
}

/** One step, as a monitor sees it. The object is used again for the next step. */
export interface StepEvent {
  readonly thread: number;
  /** Index of the operation that took the step. */
  readonly operation: number;
  readonly kind: number;
  readonly place: Place;
  /** Loaded or stored value, and what was there before a write; the lower 32 bits. */
  readonly value: number;
  readonly old: number;
}

/**
 * A property over the order of steps: a sequential model beside the execution. States are immutable, so that the search can go back
 * to any of them; a step that changes nothing returns the state it got.
 */
export interface Monitor<State> {
  readonly name: string;
  /**
   * Whether steps on this place matter to it: those on other places leave its state as it is. What `returned` says depends on the returning
   * thread's own part of the state and on places that matter. A reduction keeps the order of steps that matter.
   */
  sees(place: Place): boolean;
  init(): State;
  step(state: State, event: StepEvent, look: Look): State | Violation;
  /** An operation has ended. */
  returned(state: State, thread: number, operation: number, result: unknown, look: Look): State | Violation;
  /** Two states with the same key have the same future. */
  key(state: State): string;
}

/** All that is asked of a scenario. */
export interface Properties {
  /** Holds after every step. */
  readonly always: Readonly<Record<string, (look: Look) => boolean>>;
  /** Must come true at some step of some execution, or the exploration was vacuous. */
  readonly sometimes: Readonly<Record<string, (look: Look) => boolean>>;
  /** Holds when all operations have ended. A string says what was seen instead. */
  readonly finally: Readonly<Record<string, (look: Look) => boolean | string>>;
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
