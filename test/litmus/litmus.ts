import type { FenceOrder, RmwOrder } from '../../src/memory/kinds.ts';

/**
 * A litmus test as data: each thread is a list of steps over named cells, all initially 0. The
 * oracle (`oracle.ts`) computes its outcomes, `programOf.ts` makes a program of it, and `drawn.ts`
 * generates random ones.
 */
export interface Litmus {
  readonly threads: readonly (readonly Step[])[];
}

export type Step =
  | { readonly kind: 'load' | 'loadAcquire' | 'loadSeqCst'; readonly cell: string; readonly into: string }
  | { readonly kind: 'store' | 'storeRelease' | 'storeSeqCst'; readonly cell: string; readonly value: Value }
  | { readonly kind: 'rmb' | 'wmb' | 'mb' }
  | { readonly kind: 'fence'; readonly order: FenceOrder }
  | {
      readonly kind: 'xchg' | 'fetchAdd';
      readonly cell: string;
      readonly value: Value;
      readonly into: string;
      readonly order: RmwOrder;
    }
  | {
      readonly kind: 'cmpxchg';
      readonly cell: string;
      readonly expected: number;
      readonly value: Value;
      readonly into: string;
      readonly order: RmwOrder;
    }
  /** A lock whose name starts with `m` is a mutex; any other is a spinlock. */
  | { readonly kind: 'lock' | 'unlock'; readonly lock: string }
  /** The thread ends here unless the register has this value. */
  | { readonly kind: 'if'; readonly register: string; readonly is: number };

/** A number, or the name of a register. */
export type Value = number | string;

export const isMutex = (lock: string): boolean => lock.startsWith('m');

const all = (test: Litmus, key: 'cell' | 'lock'): string[] => {
  const names = test.threads.flat().map((step) => (step as Partial<Record<typeof key, string>>)[key]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
};

/** The sorted names of the cells. Outcomes list final values in this order. */
export const cellsOf = (test: Litmus): string[] => all(test, 'cell');

export const locksOf = (test: Litmus): string[] => all(test, 'lock');

/** The registers of a thread in the order of its steps. Outcomes list values in this order. */
export const registersOf = (thread: readonly Step[]): string[] => [
  ...new Set(thread.flatMap((step) => ('into' in step ? [step.into] : []))),
];

/** The final values of a thread's registers; `null` for one that was never set. */
export type Registers = readonly (number | null)[];

/** The outcome of an execution as text: all registers, and the final values of all cells. */
export const outcomeOf = (results: readonly Registers[], finalValues: readonly number[]): string =>
  JSON.stringify([results, finalValues]);
