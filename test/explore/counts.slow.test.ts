import { describe, expect, test } from 'vitest';
import { Checker } from '../../src/check/checker.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { optimalDpor } from '../../src/explore/optimalDpor/optimalDpor.ts';
import type { Actor } from '../../src/explore/program.ts';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import { TraceCounter } from '../../src/explore/search/traceCounter.ts';
import { StateCache } from '../../src/explore/states/stateCache.ts';
import { assume } from '../../src/memory/assume.ts';
import type { Cell } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { type BENCHMARK_RINGS, benchmarkRing } from '../../src/scenario/benchmarkRing.ts';
import { scenario } from '../../src/scenario/define.ts';
import {
  interleavings,
  lenient,
  optimal,
  permutations,
  programOf,
  type Run,
  STEPS_MAX,
  threadsOf,
  times,
} from './programs.ts';

const join = (...threads: string[]): string => threads.join(' | ');

/**
 * Program, classes, reads-from classes, interleavings; then, if known, the classes within 0, 1, 2,
 * … preemptions.
 */
const LITMUS: Readonly<Record<string, readonly [string, number, number, number, (readonly number[])?]>> = {
  SB: ['Wx1;Ry | Wy1;Rx', 3, 3, 6, [2, 3]],
  LB: ['Ry;Wx1 | Rx;Wy1', 3, 3, 6, [2, 3]],
  '2+2W': ['Wx1;Wy2 | Wy1;Wx2', 3, 1, 6, [2, 3]],
  CoRR: ['Wx1;Wx2 | Rx;Rx', 6, 6, 6, [2, 4, 6]],
  CoRR1: ['Wx1 | Wx2 | Rx;Rx | Rx', 36, 21, 60, [18, 36]],
  IRIW: ['Wx1 | Rx;Ry | Ry;Rx | Wy1', 15, 15, 180, [14, 15]],
  MP2: ['Wa1;Wc1;Wb1;Wd1 | Rb;Ra | Rd;Rc', 9, 9, 420, [4, 9]],
  'W+RRR+W': ['Wx1 | Rx;Rx;Rx | Wx2', 20, 13, 20, [6, 18, 20]],
  'wrw(2)': ['Wx1 | Rx;Wx2 | Rx;Wx3', 22, 8, 30, [6, 18, 22]],
  'wrw(3)': ['Wx1 | Rx;Wx2 | Rx;Wx3 | Rx;Wx4', 300, 50, 630, [24, 132, 264, 300]],
  'ainc(2)': ['Ax | Ax', 2, 2, 2, [2]],
  'ainc(3)': ['Ax | Ax | Ax', 6, 6, 6, [6]],
  'ainc(4)': ['Ax | Ax | Ax | Ax', 24, 24, 24, [24]],
  'binc(2)': ['Ax;Ay | Ax;Ay', 4, 4, 6, [2, 4]],
  'binc(3)': ['Ax;Ay | Ax;Ay | Ax;Ay', 36, 36, 90, [6, 24, 36]],
  'inc(2)': ['Rx;Wx1 | Rx;Wx1', 4, 3, 6],
  'inc(3)': ['Rx;Wx1 | Rx;Wx1 | Rx;Wx1', 36, 16, 90],
  'readers(2)': ['Wx42 | Rx | Rx', 4, 4, 6, [4]],
  'readers(3)': ['Wx42 | Rx | Rx | Rx', 8, 8, 24, [8]],
  'readers(4)': ['Wx42 | Rx | Rx | Rx | Rx', 16, 16, 120, [16]],
  'writers(1)': ['Wx1 | Rx', 2, 2, 2],
  'writers(2)': ['Wx1 | Wx2 | Rx', 6, 3, 6],
  'writers(3)': ['Wx1 | Wx2 | Wx3 | Rx', 24, 4, 24],
  'writers(4)': ['Wx1 | Wx2 | Wx3 | Wx4 | Rx', 120, 5, 120],
};
for (const [n, classes, readsFrom, runs] of [
  [1, 4, 3, 6],
  [2, 14, 5, 20],
  [3, 50, 7, 70],
  [4, 182, 9, 252],
] as const) {
  const thread = [...times(n, () => 'Wx1'), 'Rx'].join(';');
  Object.assign(LITMUS, { [`writes then a read(${n})`]: [join(thread, thread), classes, readsFrom, runs] });
}
for (const [n, classes, readsFrom] of [
  [1, 12, 7],
  [2, 90, 19],
  [3, 560, 37],
] as const) {
  const writes = (value: number): string => times(n, () => `Wx${value}`).join(';');
  const all = [12, 90, 560][n - 1];
  Object.assign(LITMUS, {
    [`two writers, two reads(${n})`]: [join(writes(1), writes(2), 'Rx;Rx'), classes, readsFrom, all],
  });
}

describe.each(Object.entries(LITMUS))('%s', (_, [text, classes, readsFrom, runs]) => {
  const orders = [...permutations(threadsOf(text))];

  test('the optimal reduction runs each class once, for every order of the threads', () => {
    for (const order of orders)
      expect(optimal(programOf(order))).toEqual({ executions: classes, blocked: 0, classes, limit: undefined });
  });

  test('every interleaving is run, and they are in so many classes', () => {
    for (const order of orders)
      expect(interleavings(programOf(order))).toEqual({
        executions: runs,
        blocked: 0,
        classes,
        readsFrom,
        limit: undefined,
      });
  });
});

test.each(Object.entries(LITMUS).filter(([, row]) => row[4] !== undefined))(
  '%s: with so many preemptions, so many classes',
  (_, [text, classes, , , bounded = []]) => {
    for (const order of permutations(threadsOf(text)))
      for (const [most, within] of [...bounded, classes].entries())
        expect([
          most,
          interleavings(programOf(order), { kind: 'preemptions', max: most }).classes,
          optimal(programOf(order), most).executions,
        ]).toEqual([most, within, within]);
  },
);

describe('locks', () => {
  const critical: Run = (mem, cell) => {
    mem.store(cell('s'), 1);
    mem.load(cell('s'));
  };
  const spinlock: Run = (mem, cell) => {
    assume(mem.load(cell('l')) === 0);
    assume(mem.cmpxchg(cell('l'), 0, 1) === 0);
    critical(mem, cell);
    mem.store(cell('l'), 0);
  };
  const ticketlock: Run = (mem, cell) => {
    const ticket = mem.fetchAdd(cell('n'), 1);
    assume(mem.load(cell('o')) === ticket);
    critical(mem, cell);
    mem.store(cell('o'), mem.load(cell('o')) + 1);
  };

  test.each([
    ['spinlock', spinlock, 4, 6],
    ['ticketlock', ticketlock, 2, 12],
  ] as const)('%s: an assumption stops those that would wait', (_, lock, classes, runs) => {
    expect(optimal(programOf([lock, lock]))).toMatchObject({ executions: classes, classes, limit: undefined });
    expect(interleavings(programOf([lock, lock]))).toMatchObject({ classes, readsFrom: classes, executions: runs });
  });
});

describe('spinlocks built from accesses: a thread whose iteration repeats is stopped, and waits in the search of all interleavings', () => {
  const body: Run = (mem, cell) => {
    mem.store(cell('s'), 1);
    mem.load(cell('s'));
    mem.store(cell('l'), 0);
  };
  const looksFirst: Run = (mem, cell) => {
    do while (mem.load(cell('l')) !== 0);
    while (mem.cmpxchg(cell('l'), 0, 1) !== 0);
    body(mem, cell);
  };
  const triesAtOnce: Run = (mem, cell) => {
    while (mem.cmpxchg(cell('l'), 0, 1) !== 0);
    body(mem, cell);
  };

  // A failed cmpxchg after a load of 0 is no iteration of a spin loop, as the next load reads
  // another value. So the first one has 6 classes, not 4.
  test.each([
    ['one that loads first', looksFirst, 6, 4, 10],
    ['one that tries at once', triesAtOnce, 2, 2, 4],
  ] as const)('%s', (_, lock, classes, blocked, withRounds) => {
    expect(optimal(programOf([lock, lock]))).toEqual({ executions: classes, blocked, classes, limit: undefined });
    expect(interleavings(programOf([lock, lock]))).toMatchObject({ blocked: 0, classes: withRounds });
  });
});

describe('interleavings without reduction', () => {
  test('two threads of five steps', () => {
    const text = join('Rx;Rx;Rx;Rx;Rx', 'Ry;Ry;Ry;Ry;Ry');
    expect(interleavings(programOf(threadsOf(text)))).toMatchObject({ executions: 252, classes: 1 });
    expect(optimal(programOf(threadsOf(text)))).toMatchObject({ executions: 1, blocked: 0 });
  });

  // npm run test:long
  test.each<[number, number]>([
    [4, 34_650],
    ...(process.env.GFNRING_LONG === undefined ? [] : [[6, 17_153_136] as [number, number]]),
  ])('three threads of %i steps', (steps, executions) => {
    const text = join(...['x', 'y', 'z'].map((cell) => times(steps, () => `R${cell}`).join(';')));
    const execution = createExecution('sc', programOf(threadsOf(text)), STEPS_MAX);
    expect(depthFirstSearch(execution, lenient, noLimits)).toMatchObject({ executions, limit: undefined });
  });
});

describe('the benchmark rings', () => {
  const searchOf = (actors: readonly Actor[], name: keyof typeof BENCHMARK_RINGS) => {
    const { program, properties } = benchmarkRing(name);
    const execution = createExecution('sc', { ...program, actors }, STEPS_MAX);
    const checker = new Checker(execution, properties);
    execution.observer = checker;
    return { execution, checker };
  };
  const ordersOf = (name: keyof typeof BENCHMARK_RINGS) => permutations(benchmarkRing(name).program.actors);

  test.each([
    ['ring-s', 46],
    ['ring-m', 553],
    ['ring-l', 6111],
  ] as const)('%s has so many classes, in whatever order its actors are', (name, classes) => {
    for (const actors of ordersOf(name)) {
      const { execution, checker } = searchOf(actors, name);
      const counted = new TraceCounter(execution);
      expect(optimalDpor(execution, checker, noLimits, { classes: counted })).toMatchObject({
        executions: classes,
        blocked: 0,
        violation: undefined,
        limit: undefined,
      });
      expect(counted.seen.size).toBe(classes);
    }
  });

  test('ring-x has 82,385', () => {
    const { execution, checker } = searchOf([...ordersOf('ring-x')][0], 'ring-x');
    expect(optimalDpor(execution, checker, noLimits)).toMatchObject({ executions: 82_385, blocked: 0 });
  });

  test.each([
    ['ring-s', 1_206],
    ['ring-m', 8_688],
    ['ring-l', 50_335],
    ['ring-x', 156_504],
  ] as const)('%s has so many states', (name, states) => {
    for (const actors of ordersOf(name)) {
      const { execution, checker } = searchOf(actors, name);
      const result = depthFirstSearch(execution, checker, noLimits, { states: new StateCache(execution, checker) });
      expect(result).toMatchObject({ states, violation: undefined, limit: undefined });
    }
  });
});

test("Peterson's lock has 42 states, as TLC counts them", () => {
  // Labels as in the PlusCal text: ncs, a1: flag := TRUE, a2: turn := other, a3: await, cs,
  // a4: flag := FALSE; forever. Await is one step.
  const actor = (self: 0 | 1) => ({
    label: 'next',
    run: (mem: Memory, names: PetersonNames, before: unknown): string | undefined => {
      const { flag0, flag1, turn, all, rest } = names;
      const mine = self === 0 ? flag0 : flag1;
      switch (before) {
        case undefined: // ncs
          mem.load(rest);
          return 'a1';
        case 'a1':
          mem.store(mine, 1);
          return 'a2';
        case 'a2':
          mem.store(turn, 1 - self);
          return 'a3';
        case 'a3': {
          const word = mem.load(all);
          const theirs = (word >>> (self === 0 ? 8 : 0)) & 0xff;
          return theirs === 0 || ((word >>> 16) & 0xff) === self ? 'cs' : 'a3';
        }
        case 'cs':
          mem.load(rest);
          return 'a4';
        default:
          mem.store(mine, 0);
          return undefined; // as before the first round
      }
    },
    until: () => false,
  });
  const peterson = scenario({
    name: 'peterson',
    cells: {
      all: 'u32',
      flag0: { type: 'u8', over: 'all', byte: 0 },
      flag1: { type: 'u8', over: 'all', byte: 1 },
      turn: { type: 'u8', over: 'all', byte: 2 },
      rest: 'u32',
    },
    actors: { zero: [actor(0)], one: [actor(1)] },
  } as never);
  const execution = createExecution('sc', peterson.program, STEPS_MAX);
  const states = new StateCache(execution, { ...lenient, resultsMatter: false });
  expect(depthFirstSearch(execution, { ...lenient, resultsMatter: false }, noLimits, { states }).limit).toBeUndefined();
  expect(states.size).toBe(42);
});

type PetersonNames = { readonly [K in 'flag0' | 'flag1' | 'turn' | 'all' | 'rest']: Cell };
