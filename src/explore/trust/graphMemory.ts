import type { Execution } from '../execution/execution.ts';
import type { ByteRanges } from '../memoryModels/byteRanges.ts';
import type { AccessChoice, GraphModel } from '../memoryModels/relations.ts';

/** What the next access of a thread may read, and where its store may be placed. */
export interface GraphChoices {
  /** All choices of the next step of `thread`, the newest store first. */
  of(thread: number): readonly AccessChoice[];
  /** The stores that it may read, newest first. */
  readable(thread: number): readonly (readonly number[])[];
  /** The stores that its own may come after, newest first. */
  placements(thread: number): readonly (readonly number[])[];
  /** Whether it is a cmpxchg that fails if it reads `from`. */
  isFailing(thread: number, from: readonly number[]): boolean;
  /** Whether no read-modify-write has read one of `from`. */
  isFree(from: readonly number[]): boolean;
  /** Whether a read-modify-write may read `from`, which is readable. */
  mayUpdate(thread: number, from: readonly number[]): boolean;
}

/** The memory of an execution graph under construction. */
export interface GraphMemory extends GraphModel {
  readonly locations: ByteRanges;
  readonly choices: GraphChoices;
  /** By thread: its steps. */
  readonly stepsOf: readonly (readonly number[])[];
  /** By step: its number among those of its thread, from 1. */
  readonly nth: readonly number[];
  /**
   * Takes the next step of `thread` by a choice, whether the model has it or not. `chosen` is what
   * a `choose` returns.
   */
  take(thread: number, from: readonly number[], after: readonly number[], chosen: number): void;
  graphHash(): readonly number[];
  /** The promise that step `s` has read is kept by a store: see `isPromise`. */
  keepPromise?(s: number, store: number): void;
}

/** The execution behind a graph: step s is event s. */
export type AnyGraphExecution = Execution<GraphMemory>;
