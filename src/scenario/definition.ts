// biome-ignore-all lint/suspicious/noExplicitAny: what an operation gets and returns is its user's; unknown would ask for a cast at each use
import type { Cell, Cell64, Lock } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';

export type CellType = 'u8' | 'u16' | 'u32' | 'u64';

/**
 * A cell, unsigned: its type; or with an initial value (0 where left out); or several of one type, as a list; or one that lies over another, from a
 * byte of it on, so that accesses of different widths meet.
 */
export type CellSpec =
  | CellType
  | {
      readonly type: CellType;
      /** From 0 to 2^bits - 1; 0 where left out. */
      readonly initial?: number | bigint;
      /** From 1 to 65536: so many cells, as a list. */
      readonly length?: number;
      /** The name of a cell before it in the definition. */
      readonly over?: string;
      /** The byte of that cell where it begins, a multiple of its own width; 0 where left out. */
      readonly byte?: number;
    };

/** The cell that a spec stands for. */
type One<S> = S extends 'u64' | { readonly type: 'u64' } ? Cell64 : Cell;
/** Cells by name. */
type CellsOf<C> = {
  readonly [K in keyof C]: C[K] extends { readonly length: number; readonly type: CellType }
    ? readonly One<C[K]>[]
    : One<C[K]>;
};
/** Locks by name. */
type LocksOf<L> = { readonly [K in L extends readonly (infer N extends string)[] ? N : keyof L & string]: Lock };

/** An operation as a function; it gets the cells and locks by name, and the result of the actor's operation before, if it asks for that. */
export type Run<C, L> = (mem: Memory, names: CellsOf<C> & LocksOf<L>, before: any) => unknown;

/** One call: what it does, or that with a label for traces, and until when it is performed again. See `Operation`. */
export type OperationOf<C, L> =
  | Run<C, L>
  | {
      /** For traces; the name of the function where left out. */
      readonly label?: string;
      readonly run: Run<C, L>;
      /** Performed again until this holds for its result. */
      readonly until?: (result: any) => boolean;
    };

/** What an operation returns. */
type ResultOf<O> = O extends (...args: any) => infer R
  ? R
  : O extends { readonly run: (...args: any) => infer R }
    ? R
    : never;
/** An operation that is performed again moves the results after it, so those have no types of their own. */
type ResultsOf<Operations extends readonly unknown[], Missing> =
  Extract<Operations[number], { readonly until: unknown }> extends never
    ? { readonly [I in keyof Operations]: ResultOf<Operations[I]> | Missing }
    : readonly (ResultOf<Operations[number]> | Missing)[];

/** What a property may look at. There is nothing to write, and a name that is not there throws. */
export interface View<C, L, A, Missing> {
  /** The value of a cell, from 0 to 2^bits - 1. */
  read(cell: Cell): number;
  /** The value of a cell of 64 bits. */
  read(cell: Cell64): bigint;
  /** The actor that holds a lock, or undefined. */
  holder(lock: Lock): (keyof A & string) | undefined;
  /** The cells by name, as operations get them; those with a length as lists. */
  readonly cells: CellsOf<C>;
  /** The locks by name. */
  readonly locks: LocksOf<L>;
  /** `results.a[i]` is what operation i of actor a returned; undefined while it has not ended. */
  readonly results: { readonly [K in keyof A]: A[K] extends readonly unknown[] ? ResultsOf<A[K], Missing> : never };
}

/** A scenario as its user writes it. A property must not throw. */
export interface Definition<C, L, A> {
  /** Letters, digits, _ . @ + - and spaces. */
  readonly name: string;
  /** By name: what is laid out, in that order. See `CellSpec`. */
  readonly cells: C;
  /** Names of mutexes; or names with their kinds. */
  readonly locks?: L;
  /**
   * Cells whose plain accesses may race: that is meant, as of a statistic that may be a little wrong. Races for all others are found under the memory model `weak`.
   */
  readonly racy?: readonly NoInfer<keyof C & string>[];
  /** By name: an actor's operations, one after the other. Each actor is a thread. */
  readonly actors: A;
  /** Holds at the start and after every step. */
  readonly always?: Readonly<Record<string, (view: View<C, L, A, undefined>) => boolean>>;
  /** Comes true at some moment of some execution, or the scenario did not show what it was written for. */
  readonly sometimes?: Readonly<Record<string, (view: View<C, L, A, undefined>) => boolean>>;
  /** Holds when all operations have ended. A text says what was seen instead. */
  readonly finally?: Readonly<Record<string, (view: View<C, L, A, never>) => boolean | string>>;
}
