import type { SpinLoop } from '../../memory/executionTrie.ts';
import type { Step } from '../../memory/trace.ts';
import type { Violation } from '../execution/violation.ts';
import type { VarintBuffer } from '../states/varintBuffer.ts';

/**
 * HOT. The memory that the threads of one execution share: what a step does to it, and in how many
 * ways it can be taken. An `Execution` has one. Nothing else asks which one that is.
 *
 * A model has a folder here and a line in `registry.ts`. It keeps what it needs by step, so that it
 * can undo any number of steps. Memory as properties see it is `Execution.bytes`: a model writes
 * each store there that is the last of its location. Threads are numbers from 0; behind those of
 * the actors, a model with store buffers has one thread per buffer. Sets of threads are bits:
 * thread t is 1 << t.
 */
export interface MemoryModel {
  /** Forgets all steps of the execution. `bytes` gets its initial values afterwards. */
  reset(): void;

  /**
   * In how many ways `thread` can take its next step; at least 1. Choice 0 reads from the newest
   * store. Not asked of a `choose`.
   */
  choiceCount(thread: number): number;
  /**
   * Takes the next step of `thread`, an enabled one. Writes row `Execution.steps` of the log:
   * `footprints`, `values`, `highs`, `olds`, `oldHighs`; and `Execution.changed`. Then calls
   * `Execution.completeStep` or `completeFlush`.
   */
  apply(thread: number, choice: number): void;
  /** Undoes step `s`, the last one, in memory. The execution itself puts the thread back. */
  undo(s: number): void;
  /** Which choice step `s` was, if that was no `choose`. */
  choiceOf(s: number): number;

  /**
   * Threads that cannot take their next step yet, for another reason than a lock: a fence waits for
   * a store buffer.
   */
  waitingForFlush(): number;
  /** Whether `thread`, at the end of an idle iteration of a spin loop, has nothing new to read. */
  isSpinning(thread: number, spin: SpinLoop): boolean;
  /**
   * Whether `thread` would read the same in another iteration when all stores have reached all
   * threads.
   */
  readsSame(thread: number, spin: SpinLoop): boolean;
  /** Whether `thread` holds the lock at place `id`, as the thread itself sees it. */
  holdsLock(thread: number, id: number): boolean;
  /**
   * What the last step did wrong whatever the code is meant to do: a data race. Asked once after
   * each step.
   */
  violation(): Violation | undefined;

  /**
   * Adds what a state has beside `bytes` and the places of the threads. States with equal rows have
   * one future.
   */
  addState(row: VarintBuffer): void;
  /** How many locations were accessed plainly in any execution so far; `addState` depends on it. */
  readonly plainLocations: number;
  /**
   * The hash of the execution graph (reads-from and coherence order), as words; undefined under
   * `sc`.
   */
  graphHash(): readonly number[] | undefined;

  /**
   * Whether step `s` wrote to memory. A failed cmpxchg does not, nor does a store that entered a
   * buffer.
   */
  isWrite(s: number): boolean;
  /** Whether step `s` wrote another value than it found. */
  changedValue(s: number): boolean;
  /**
   * The stores that step `s` read from: see `Step.reads`. Undefined where memory has one value at a
   * time.
   */
  readsFrom(s: number): Step['reads'];
  /** The steps of `thread` whose stores are in its buffer, oldest first. */
  bufferedStores(thread: number): readonly number[];
  /**
   * What `thread` may read from a place, newest first; undefined where it has no choice or the
   * place is in parts.
   */
  readableValues(thread: number, place: number): readonly bigint[] | undefined;

  /**
   * Why the execution is none of the model, although each step was possible. Left out: all are.
   */
  whyForbidden?(): string | undefined;

  /**
   * What a whole execution did wrong whatever the code is meant to do, where that is not known
   * before. Asked at the end. Left out: nothing.
   */
  violationAtEnd?(): Violation | undefined;

  /** Starts to show memory at other moments of the same steps: see `StateAtCut`. */
  rewind(): void;
  /**
   * Writes into `bytes` what step `s` wrote, as it is seen when exactly the redone steps were
   * taken.
   */
  redo(s: number): void;
  /** Takes back the last `redo`, which was of step `s`. */
  unredo(s: number): void;
  /**
   * The position of the store of step `s` in the coherence order, where that is not the order of
   * the steps; else 0.
   */
  rankOf(s: number): number;
}

/** For models without store buffers. */
export const NO_STEPS: readonly number[] = [];
