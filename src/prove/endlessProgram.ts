import type { Program } from '../explore/program.ts';
import type { Place } from '../memory/cell.ts';
import type { Reader } from '../trackers/interface/tracker.ts';
import type { IndexRing } from '../vm/trackerDescriptor.ts';

/**
 * Something that holds in every state, or in every state where each thread is between operations.
 */
export interface Invariant {
  readonly name: string;
  readonly betweenOperations: boolean;
  /** What is wrong in this state; undefined: nothing. */
  violation(read: Reader): string | undefined;
}

/** Something that must end: no fair execution has it forever. */
export interface Obligation {
  /** What happens eventually. */
  readonly name: string;
  /** Whether it has not happened yet, in a state where the threads `inside` are in an operation. */
  isOpen(read: Reader, inside: number): boolean;
}

/** A program whose actors never end, and what is proved of it. */
export interface EndlessProgram {
  readonly program: Program;
  readonly indexRings: readonly IndexRing[];
  readonly invariants: readonly Invariant[];
  readonly obligations: readonly Obligation[];
  /** What must happen in some execution; otherwise the proof would be of nothing. */
  readonly sometimes: Readonly<Record<string, (read: Reader) => boolean>>;
  /** The places that properties read in every state. */
  readonly visible: readonly Place[];
  /** The places that they read between operations. */
  readonly visibleBetween: readonly Place[];
  /** The threads that get their turn between operations, as bits. The others may stop there. */
  readonly fair: number;
}

/**
 * Which threads get their turn.
 *
 * - `weak`: a thread that can take a step from some moment on does take one.
 * - `strong`: a thread that can take a step infinitely often does take one. The two differ only for
 *   a thread that waits for a lock. Linux's queued spinlocks serve threads in their order, and its
 *   mutexes hand over to one that waits too long.
 */
export type Fairness = 'weak' | 'strong';
