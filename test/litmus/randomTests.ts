import fc from 'fast-check';
import { cellsOf, type Litmus, type Step } from './litmus.ts';

/**
 * The kinds of steps of random tests: those of Linux; those of them that RC11 has; those of C11.
 */
export type Kinds = 'all' | 'rc11' | 'c11';

/**
 * Random litmus tests: two or three threads of at most five steps over two or three cells, small
 * enough for the oracle. Each lock is taken alone and released, so no execution blocks. In every
 * other test, thread n accesses cells n and n + 1, as in the literature. The outcomes of other
 * tests seldom depend on the model.
 */
export function drawn(kinds: Kinds): fc.Arbitrary<Litmus> {
  const threads = fc.constantFrom(2, 3);
  const free = fc
    .tuple(threads, fc.constantFrom(2, 3))
    .chain(([n, cells]) => fc.tuple(...Array.from({ length: n }, () => freeThread(CELLS.slice(0, cells), kinds))));
  const ring = threads.chain((n) =>
    fc.tuple(...Array.from({ length: n }, (_, t) => ringThread(CELLS[t], CELLS[(t + 1) % n], kinds))),
  );
  return fc
    .oneof(free, ring)
    .map((drafts): Litmus => ({ threads: drafts.map(named) }))
    .filter((test) => candidatesOf(test) <= CANDIDATES_MAX);
}

/** A fixed list of random tests. */
export const sample = (kinds: Kinds, count: number, seed: number): Litmus[] =>
  fc.sample(drawn(kinds), { seed, numRuns: count });

const CELLS = ['x', 'y', 'z'];

/** Steps without register names. Each step that reads gets the next register. */
type Draft = (register: () => string, last: () => string | undefined) => Step[];

function named(drafts: readonly Draft[]): Step[] {
  let registers = 0;
  const next = (): string => `r${registers++}`;
  const last = (): string | undefined => (registers === 0 ? undefined : `r${registers - 1}`);
  return drafts.flatMap((draft) => draft(next, last));
}

function freeThread(cells: readonly string[], kinds: Kinds): fc.Arbitrary<Draft[]> {
  const step = fc.oneof({ weight: 3, arbitrary: access(cells, kinds) }, { weight: 1, arbitrary: glue(kinds) });
  return fc.constantFrom(1, 2, 3, 4).chain((length) => fc.array(step, { minLength: length, maxLength: length }));
}

function ringThread(from: string, to: string, kinds: Kinds): fc.Arbitrary<Draft[]> {
  const nothing = fc.constant<Draft>(() => []);
  const perhaps = (draft: fc.Arbitrary<Draft>) =>
    fc.oneof({ weight: 3, arbitrary: nothing }, { weight: 1, arbitrary: draft });
  return fc
    .tuple(
      access([from], kinds),
      fc.oneof(nothing, glue(kinds)),
      access([to], kinds),
      perhaps(glue(kinds)),
      perhaps(access([from, to], kinds)),
      fc.boolean(),
    )
    .map(([a, between, b, later, another, swapped]) => [
      ...(swapped ? [b, between, a] : [a, between, b]),
      later,
      another,
    ]);
}

function access(cells: readonly string[], kinds: Kinds): fc.Arbitrary<Draft> {
  const isC11 = kinds === 'c11';
  const loads = ['load', 'load', 'loadAcquire'] as const;
  const stores = ['store', 'store', 'storeRelease'] as const;
  const anyLoad = isC11 ? fc.constantFrom(...loads, 'loadSeqCst', 'loadSeqCst') : fc.constantFrom(...loads);
  const anyStore = isC11 ? fc.constantFrom(...stores, 'storeSeqCst', 'storeSeqCst') : fc.constantFrom(...stores);
  const order = isC11 ? fc.constantFrom(...ORDERS) : fc.constant('full' as const);
  const cell = fc.constantFrom(...cells);
  const value = fc.integer({ min: 1, max: 2 });
  const one = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(anyLoad, cell).map(
        ([kind, cell]): Draft =>
          (register) => [{ kind, cell, into: register() }],
      ),
    },
    {
      weight: 5,
      arbitrary: fc.tuple(anyStore, cell, value).map(
        ([kind, cell, value]): Draft =>
          () => [{ kind, cell, value }],
      ),
    },
    {
      weight: 1,
      arbitrary: cell.map(
        (cell): Draft =>
          (_, last) => [{ kind: 'store', cell, value: last() ?? 1 }],
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('xchg', 'fetchAdd'), cell, value, order).map(
        ([kind, cell, value, order]): Draft =>
          (register) => [{ kind, cell, value, into: register(), order }],
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(cell, fc.integer({ min: 0, max: 1 }), value, order)
        .map(([cell, expected, value, order]): Draft => {
          return (register) => [{ kind: 'cmpxchg', cell, expected, value, into: register(), order }];
        }),
    },
  );
  if (kinds !== 'all') return one;
  const locked = fc.tuple(fc.constantFrom('m', 's'), one).map(([lock, inner]): Draft => {
    return (register, last) => [{ kind: 'lock', lock }, ...inner(register, last), { kind: 'unlock', lock }];
  });
  return fc.oneof({ weight: 6, arbitrary: one }, { weight: 1, arbitrary: locked });
}

/** Steps that are no accesses. */
function glue(kinds: Kinds): fc.Arbitrary<Draft> {
  const fence = fc.constantFrom(...FENCES[kinds]);
  const guard = fc.integer({ min: 0, max: 1 }).map((is): Draft => {
    return (_, last) => {
      const register = last();
      return register === undefined ? [] : [{ kind: 'if', register, is }];
    };
  });
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fence.map(
        (one): Draft =>
          () => [one],
      ),
    },
    { weight: 1, arbitrary: guard },
  );
}

const ORDERS = ['relaxed', 'acquire', 'release', 'acq_rel', 'seq_cst', 'full'] as const;

const FENCES: Readonly<Record<Kinds, readonly Step[]>> = {
  all: [{ kind: 'rmb' }, { kind: 'wmb' }, { kind: 'mb' }],
  rc11: [{ kind: 'mb' }],
  c11: [
    { kind: 'mb' },
    { kind: 'mb' },
    { kind: 'fence', order: 'acquire' },
    { kind: 'fence', order: 'release' },
    { kind: 'fence', order: 'acq_rel' },
  ],
};

const CANDIDATES_MAX = 3000;

/**
 * An estimate of the number of candidates: choices of each read, times the orders of the writes.
 */
function candidatesOf(test: Litmus): number {
  const steps = test.threads.flat();
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const locks = ['m', 's'].map((name) =>
    factorial(steps.filter((step) => step.kind === 'lock' && step.lock === name).length),
  );
  const cells = cellsOf(test).map((cell) => {
    const accesses = steps.filter((step) => 'cell' in step && step.cell === cell);
    const writes = accesses.filter((step) => 'value' in step).length;
    const reads = accesses.filter((step) => 'into' in step).length;
    return factorial(writes) * (writes + 1) ** reads;
  });
  return [...locks, ...cells].reduce((product, n) => product * n, 1);
}
