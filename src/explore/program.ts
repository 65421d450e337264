import type { Place } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';

/** One call by an actor. */
export interface Operation {
  /** For traces: `push(slot 0, page 3)`. */
  readonly label: string;
  /**
   * Keeps to the rules of `Memory`; what it returns is its result, plain data. `before` is the result of the actor's operation before this one: what
   * an actor keeps to itself from one operation to the next. One that does not ask for it declares one parameter.
   */
  run(mem: Memory, before?: unknown): unknown;
  /** Performed again, as an operation of its own, until this holds for its result. Left out: performed once. */
  until?(result: unknown): boolean;
}

/** A party: a thread that performs its operations one after the other. */
export interface Actor {
  /** As traces show it. */
  readonly name: string;
  /** In that order. */
  readonly operations: readonly Operation[];
  /** Its accesses race, and that is meant: it keeps to no protocol. */
  readonly racy?: boolean;
}

/** What an execution runs: memory as it is at the start, and the actors. At most 30 of them: sets of threads are bits of a number. */
export interface Program {
  /** Where cells and locks lie. */
  readonly layout: Layout;
  /** Writes the initial values; the memory is zeroed before. */
  init(mem: Memory): void;
  /** By number. */
  readonly actors: readonly Actor[];
  /** Whether the operations come from modules that were loaded with probes at their loops. */
  readonly isWatched?: boolean;
  /** Cells for whose bytes plain accesses race, and that is meant. */
  readonly racy?: readonly Place[];
}

export const ACTORS_MAX = 30;
