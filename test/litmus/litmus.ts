/**
 * A litmus test as data: threads that are lists of steps over named cells, all 0 at the start. Everything else in this folder says what such a test may
 * do (`oracle`), does it on our memory (`programOf`) or draws one (`drawn`).
 */
export interface Litmus {
  readonly threads: readonly (readonly Step[])[];
}

export type Step =
  | { readonly kind: 'load' | 'loadAcquire'; readonly cell: string; readonly into: string }
  | { readonly kind: 'store' | 'storeRelease'; readonly cell: string; readonly value: Value }
  | { readonly kind: 'rmb' | 'wmb' | 'mb' }
  | { readonly kind: 'xchg' | 'fetchAdd'; readonly cell: string; readonly value: Value; readonly into: string }
  | {
      readonly kind: 'cmpxchg';
      readonly cell: string;
      readonly expected: number;
      readonly value: Value;
      readonly into: string;
    }
  /** A lock whose name begins with `m` is a mutex, any other a spinlock. */
  | { readonly kind: 'lock' | 'unlock'; readonly lock: string }
  /** The rest of the thread happens only if the register holds this. */
  | { readonly kind: 'if'; readonly register: string; readonly is: number };

/** A number, or the name of a register. */
export type Value = number | string;

export const isMutex = (lock: string): boolean => lock.startsWith('m');

const all = (test: Litmus, key: 'cell' | 'lock'): string[] => {
  const names = test.threads.flat().map((step) => (step as Partial<Record<typeof key, string>>)[key]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
};

/** The names of the cells, sorted: the order of the final values in an outcome. */
export const cellsOf = (test: Litmus): string[] => all(test, 'cell');

export const locksOf = (test: Litmus): string[] => all(test, 'lock');

/** The names of the registers of a thread, in the order of its steps: the order of their values in an outcome. */
export const registersOf = (thread: readonly Step[]): string[] => [
  ...new Set(thread.flatMap((step) => ('into' in step ? [step.into] : []))),
];

/** What the registers of a thread hold at its end; `null` where it has never come to the step that sets one. */
export type Registers = readonly (number | null)[];

/** The outcome of one execution as text: the registers of all threads, and the final value of every cell. */
export const outcomeOf = (results: readonly Registers[], finalValues: readonly number[]): string =>
  JSON.stringify([results, finalValues]);
