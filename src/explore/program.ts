import type { Place } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';

/** One call by an actor. */
export interface Operation {
  /** For traces: `push(slot 0, page 3)`. */
  readonly label: string;
  /**
   * Keeps to the rules of `Memory`. Returns its result, which is plain data. `before` is the result
   * of the actor's operation before this one; so an actor keeps private state from one operation to
   * the next. An operation that does not need it declares one parameter.
   */
  run(mem: Memory, before?: unknown): unknown;
  /**
   * The operation is performed again, each time as one of its own, until this holds for its result.
   * Left out: it is performed once.
   */
  until?(result: unknown): boolean;
}

/** A thread that performs its operations one after the other. */
export interface Actor {
  /** As traces show it. */
  readonly name: string;
  /** In the order in which it performs them. */
  readonly operations: readonly Operation[];
  /** Whether its accesses may race: it follows no protocol, as a hostile userspace. */
  readonly racy?: boolean;
}

/** What an execution runs: the initial memory, and the actors. There are 1 to `ACTORS_MAX`. */
export interface Program {
  /** Where cells and locks lie. */
  readonly layout: Layout;
  /** Writes the initial values to zeroed memory. */
  init(mem: Memory): void;
  /** By thread number. */
  readonly actors: readonly Actor[];
  /** Whether the operations come from modules that were loaded with probes in their loops. */
  readonly isWatched?: boolean;
  /** Cells whose bytes plain accesses may race for. */
  readonly racy?: readonly Place[];
}

/** Sets of threads are bits of a number. */
export const ACTORS_MAX = 30;
