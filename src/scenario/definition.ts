// biome-ignore-all lint/suspicious/noExplicitAny: `unknown` would need a cast at each use by a user
import type { Cell, Cell64, Lock } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';

export type CellType = 'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64';

/**
 * A cell, unsigned (`u8`) or signed (`i8`): its type, or an object with more. With `length` it is a
 * list of cells of one type. With `over` it overlaps another cell, so that accesses of different
 * widths meet.
 */
export type CellSpec =
  | CellType
  | {
      readonly type: CellType;
      /** A value of the type; by default 0. */
      readonly initial?: number | bigint;
      /** The number of cells in the list, from 1 to 65536. */
      readonly length?: number;
      /** The name of the cell that it overlaps; defined before it. */
      readonly over?: string;
      /** The byte of that cell at which it begins: a multiple of its own width; by default 0. */
      readonly byte?: number;
    };

/** The cell that a spec stands for. */
type One<S> = S extends 'u64' | 'i64' | { readonly type: 'u64' | 'i64' } ? Cell64 : Cell;
/**
 * Cells by name. Where the names are not known, because a function made the cells, or because an
 * operation is made by a call such as `Array.from`, there is no check.
 */
type CellsOf<C> = string extends keyof C
  ? any
  : {
      readonly [K in keyof C]: C[K] extends { readonly length: number; readonly type: CellType }
        ? readonly One<C[K]>[]
        : One<C[K]>;
    };
/** Locks by name. */
type LocksOf<L> = { readonly [K in L extends readonly (infer N extends string)[] ? N : keyof L & string]: Lock };
type NamesIn<C, L> = CellsOf<C> & LocksOf<L>;

/**
 * The second parameter of operations that are declared outside of `scenario`: the cells and locks
 * of a part of a definition. `const shared = { cells: { x: 'u32' }, locks: ['m'] } as const` has
 * `Names<typeof shared>`.
 */
export type Names<D extends { readonly cells: unknown; readonly locks?: unknown }> = NamesIn<
  D['cells'],
  D extends { readonly locks: infer L } ? L : readonly []
>;

interface Method<C, L> {
  /** A method, so that an operation may declare a narrower type for `before`. */
  run(mem: Memory, names: NamesIn<C, L>, before: unknown): unknown;
}
/**
 * An operation as a function. It gets the cells and locks by name. With a third parameter it gets
 * the result of the actor's previous operation; declare its type, which `scenario` checks.
 */
export type Run<C, L> = Method<C, L>['run'];

/**
 * An operation: a function, or an object with it, a label and a condition to repeat. See
 * `Operation`.
 */
export type OperationOf<C, L> =
  | Run<C, L>
  | {
      /** What traces show; by default the name of the function. */
      readonly label?: string;
      readonly run: Run<C, L>;
      /** The operation is performed again until this holds for its result. */
      readonly until?: (result: any) => boolean;
    };

/** What an operation returns. */
type ResultOf<O> = O extends (...args: any) => infer R
  ? R
  : O extends { readonly run: (...args: any) => infer R }
    ? R
    : never;
/** An operation whose parameters are those that it gets. */
type Fits<C, L, Before> =
  | ((mem: Memory, names: NamesIn<C, L>, before: Before) => unknown)
  | {
      readonly label?: string;
      readonly run: (mem: Memory, names: NamesIn<C, L>, before: Before) => unknown;
      readonly until?: (result: any) => boolean;
    };
/** What operation I of a list gets as `before`; one that repeats also gets its own result. */
type BeforeOf<T extends readonly unknown[], I> =
  | (I extends '0' ? undefined : ResultOf<[undefined, ...T][I & keyof [undefined, ...T]]>)
  | (I extends keyof T ? (T[I] extends { readonly until: unknown } ? ResultOf<T[I]> : never) : never);
/** In a list of unknown length, what comes before an operation is not known. */
type FittingList<T extends readonly unknown[], C, L> = number extends T['length']
  ? T extends readonly Fits<C, L, any>[]
    ? T
    : readonly Fits<C, L, any>[]
  : { readonly [I in keyof T]: Fits<C, L, BeforeOf<T, I>> };
/** Actors whose operations fit the cells, the locks and each other. */
export type FittingActors<A, C, L> = {
  readonly [K in keyof A]: A[K] extends readonly unknown[] ? FittingList<A[K], C, L> : never;
};

/**
 * The position of a result after an operation that repeats is not known, so such results have one
 * common type.
 */
type ResultsOf<Operations extends readonly unknown[], Missing> =
  Extract<Operations[number], { readonly until: unknown }> extends never
    ? { readonly [I in keyof Operations]: ResultOf<Operations[I]> | Missing }
    : readonly (ResultOf<Operations[number]> | Missing)[];

/** What a property can read. It can write nothing. A name that does not exist throws. */
export interface View<C, L, A, Missing> {
  /** The value of a cell. */
  read(cell: Cell): number;
  /** The value of a cell of 64 bits. */
  read(cell: Cell64): bigint;
  /** The actor that holds a lock; undefined: none. */
  holder(lock: Lock): (keyof A & string) | undefined;
  /** The cells by name, as operations get them. Those with a length are lists. */
  readonly cells: CellsOf<C>;
  /** The locks by name. */
  readonly locks: LocksOf<L>;
  /** `results.a[i]` is the result of operation i of actor a; undefined before its end. */
  readonly results: { readonly [K in keyof A]: A[K] extends readonly unknown[] ? ResultsOf<A[K], Missing> : never };
}

/** A scenario as its author writes it. A property must not throw. */
export interface Definition<C, L, A> {
  /** Letters, digits, _ . @ + - and spaces. */
  readonly name: string;
  /** The cells by name, in the order of memory. See `CellSpec`. */
  readonly cells: C;
  /** Names of mutexes, or names with the kinds of the locks. */
  readonly locks?: L;
  /**
   * Cells with intended data races, such as a statistic that may be slightly wrong. Data races on
   * all other cells are found under the memory models `tso`, `rc11` and `lkmm`.
   */
  readonly racy?: readonly NoInfer<keyof C & string>[];
  /** The operations of each actor, by its name, in order. Each actor is a thread. */
  readonly actors: A & FittingActors<A, C, L>;
  /** Must hold at the start and after every step. */
  readonly always?: Readonly<Record<string, (view: View<C, L, A, undefined>) => boolean>>;
  /**
   * Must hold at some moment of some execution. Otherwise the scenario does not test what it was
   * written for.
   */
  readonly sometimes?: Readonly<Record<string, (view: View<C, L, A, undefined>) => boolean>>;
  /** Must hold when all operations have ended. A text means no, and says what was seen instead. */
  readonly finally?: Readonly<Record<string, (view: View<C, L, A, never>) => boolean | string>>;
}
