import { describe, expect, test } from 'vitest';
import type { Execution } from '../../src/explore/execution/execution.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { profileOf } from '../../src/explore/profile.ts';
import type { Program } from '../../src/explore/program.ts';
import { Pos } from '../../src/explore/schedulers/pos.ts';
import {
  createScheduler,
  type RandomSchedulerName,
  randomSchedulerNames,
} from '../../src/explore/schedulers/registry.ts';
import type { Scheduler } from '../../src/explore/schedulers/scheduler.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { benchmarkRing } from '../../src/scenario/benchmarkRing.ts';
import { byClass, chiSquare, counted, draw, exactly, litmus } from './statistics.ts';

const SEED = 5;
const EXECUTIONS = 40_000;

const made = (name: RandomSchedulerName, execution: Execution, seed = SEED, depth = 3): Scheduler =>
  createScheduler(name, seed, profileOf(execution, seed), depth);

/** Two threads that spin, one that stops them, and a lock. */
function spinning(): Program {
  const layout = new Layout();
  const [x, y] = [layout.cell('x', 'u32'), layout.cell('y', 'u32')];
  const lock = layout.lock('lock', 'mutex');
  const actor = (name: string, run: (mem: Memory) => unknown) => ({
    name,
    operations: [{ label: name, run }],
  });
  return {
    layout,
    init: () => {},
    actors: [
      actor('a', (mem) => {
        while (mem.load(x) === 0) mem.load(y);
      }),
      actor('b', (mem) => {
        mem.lock(lock);
        while (mem.load(y) === 0);
        mem.unlock(lock);
      }),
      actor('c', (mem) => {
        mem.store(y, 1);
        mem.lock(lock);
        mem.store(x, 1);
        mem.unlock(lock);
      }),
    ],
  };
}

describe.each(randomSchedulerNames)('%s', (name) => {
  test.each([
    ['a ring', benchmarkRing('ring-m').program],
    ['threads that spin', spinning()],
  ])('%s: the seed and its number decide an execution', (_, program) => {
    const runs = (seed: number, order: readonly number[]): string[] => {
      const execution = createExecution('sc', program, 10_000);
      const scheduler = made(name, execution, seed);
      const drawn = order.map((i) => [i, draw(execution, scheduler, i)] as const);
      return drawn.sort(([a], [b]) => a - b).map(([, schedule]) => schedule);
    };
    const order = Array.from({ length: 40 }, (_, i) => i);
    const once = runs(SEED, order);
    expect(runs(SEED, order)).toEqual(once);
    expect(runs(SEED, order.toReversed())).toEqual(once);
    for (const i of [0, 7, 38]) expect(runs(SEED, [i])).toEqual([once[i]]);
    expect(runs(SEED + 1, order)).not.toEqual(once);
    expect(new Set(once).size).toBeGreaterThan(5);
  });

  test('a disabled thread is never chosen', () => {
    const execution = createExecution('sc', benchmarkRing('ring-l').program, 10_000);
    const scheduler = made(name, execution);
    const checked: Scheduler = {
      begin: (index) => scheduler.begin(index),
      next: (view) => {
        const next = scheduler.next(view);
        if ((view.enabled & (1 << next)) === 0) throw new Error(`thread ${next} cannot run`);
        return next;
      },
      chooseReadsFrom: (count) => scheduler.chooseReadsFrom(count),
    };
    for (let i = 0; i < 500; i++) draw(execution, checked, i);
  });
});

test('a profile depends on the program and the seed, not on earlier runs', () => {
  const execution = createExecution('sc', spinning(), 10_000);
  const profile = profileOf(execution, SEED);
  for (let i = 0; i < 50; i++) draw(execution, made('pos', execution), i);
  expect(profileOf(execution, SEED)).toEqual(profile);
});

test('a profile: steps, steps with a choice, shared locations', () => {
  const profile = profileOf(createExecution('sc', litmus('Wx;Rz;Ry | Wx;Rx'), 100), SEED);
  expect([profile.threads, profile.choices, profile.events[0]]).toEqual([2, 4, [3, 2]]);
  expect(profile.shared).toHaveLength(1);
  const { events, reads, writes } = profile.shared[0];
  expect([events[0], reads, writes.map(({ thread }) => thread).sort()]).toEqual([
    [1, 2],
    [{ thread: 1, code: 2, nth: 0 }],
    [0, 1],
  ]);
});

test('a profile: cells that share bytes are one location', () => {
  const layout = new Layout();
  const [whole, low, high] = [layout.cell('whole', 'u32'), layout.cell('low', 'u16', 0), layout.cell('high', 'u16', 2)];
  const runs = [
    (mem: Memory) => mem.store(whole, 1),
    (mem: Memory) => mem.store(low, 1),
    (mem: Memory) => mem.load(high),
  ];
  const actors = runs.map((run, i) => ({ name: `t${i}`, operations: [{ label: 'run', run }] }));
  const { shared } = profileOf(createExecution('sc', { layout, init: () => {}, actors }, 100), SEED);
  expect(shared.map(({ events }) => events[0])).toEqual([[1, 1, 1]]);
});

test('the portfolio uses each member', () => {
  const execution = createExecution('sc', benchmarkRing('ring-m').program, 1000);
  const [portfolio, third, last] = (['portfolio', 'pos', 'random-walk'] as const).map((name) => made(name, execution));
  for (let round = 0; round < 30; round += 10) {
    expect(draw(execution, portfolio, round + 2)).toEqual(draw(execution, third, round + 2));
    expect(draw(execution, portfolio, round + 9)).toEqual(draw(execution, last, round + 9));
  }
});

/** The probabilities of the least and the most likely class, for a random walk, URW and POS. */
const LITMUS = [
  { name: 'SB', program: 'Wx;Ry | Wy;Rx', classes: 3, walk: [1 / 4, 1 / 2], urw: [1 / 6, 2 / 3], pos: [1 / 3, 1 / 3] },
  {
    name: '2+2W',
    program: 'Wx;Wy | Wy;Wx',
    classes: 3,
    walk: [1 / 4, 1 / 2],
    urw: [1 / 6, 2 / 3],
    pos: [1 / 3, 1 / 3],
  },
  { name: 'CoRR', program: 'Wx;Wx | Rx;Rx', classes: 6, walk: [1 / 8, 1 / 4], urw: [1 / 6, 1 / 6], pos: [0.124, 0.25] },
  {
    name: 'readers(2)',
    program: 'Wx | Rx | Rx',
    classes: 4,
    walk: [1 / 6, 1 / 3],
    urw: [1 / 6, 1 / 3],
    pos: [0.208, 0.333],
  },
  {
    name: 'IRIW',
    program: 'Wx | Rx;Ry | Ry;Rx | Wy',
    classes: 15,
    walk: [1 / 192, 2 / 9],
    urw: [1 / 180, 11 / 90],
    pos: [0.022, 0.185],
  },
];

const stepsOf = (program: string): number[] => program.split('|').map((thread) => thread.split(';').length);
const extremes = (of: ReadonlyMap<unknown, number>, all = 1): number[] => [
  Math.min(...of.values()) / all,
  Math.max(...of.values()) / all,
];

/**
 * The distances of the least and the most likely class from their known probabilities, in standard
 * deviations. These probabilities are known to 0.0005.
 */
function strays(text: string, scheduler: Scheduler, known: readonly number[]): number {
  const program = litmus(text);
  const counts = byClass(program, counted(createExecution('sc', program, 100), scheduler, EXECUTIONS));
  const off = extremes(counts, EXECUTIONS).map(
    (seen, i) => Math.max(0, Math.abs(seen - known[i]) - 0.0005) / Math.sqrt((known[i] * (1 - known[i])) / EXECUTIONS),
  );
  return Math.max(...off);
}

describe.each(LITMUS)('$name', ({ program: text, classes, walk, urw, pos }) => {
  const program = litmus(text);
  const execution = createExecution('sc', program, 100);

  test.each([
    { name: 'random-walk', known: walk, weight: () => 1 },
    { name: 'urw', known: urw, weight: (left: number) => left },
  ] as const)('$name: each interleaving as often as it should be', ({ name, known, weight }) => {
    const probabilities = exactly(stepsOf(text), weight);
    const ofClasses = byClass(program, probabilities);
    expect(ofClasses.size).toBe(classes);
    for (const [i, probability] of extremes(ofClasses).entries()) expect(probability).toBeCloseTo(known[i], 10);
    const counts = counted(execution, made(name, execution), EXECUTIONS);
    expect(chiSquare(counts, probabilities)).toBeLessThan(1);
    expect(chiSquare(byClass(program, counts), ofClasses)).toBeLessThan(1);
  });

  test('pos: the least and the most likely class have their probabilities', () => {
    expect(strays(text, made('pos', execution), pos)).toBeLessThan(4);
  });
});

test('AABB and ABAB: 1/4 and 1/8 in a random walk, 1/6 each with URW', () => {
  const walk = exactly([2, 2], () => 1);
  expect([walk.get('0011'), walk.get('0101')]).toEqual([1 / 4, 1 / 8]);
  expect([...exactly([2, 2], (left) => left).values()].every((p) => Math.abs(p - 1 / 6) < 1e-12)).toBe(true);
});

describe('the statistics can fail', () => {
  test('URW is not a random walk, and vice versa', () => {
    const execution = createExecution('sc', litmus('Wx;Ry | Wy;Rx'), 100);
    const of = (name: RandomSchedulerName) => counted(execution, made(name, execution), EXECUTIONS);
    expect(
      chiSquare(
        of('urw'),
        exactly([2, 2], () => 1),
      ),
    ).toBeGreaterThan(10);
    expect(
      chiSquare(
        of('random-walk'),
        exactly([2, 2], (left) => left),
      ),
    ).toBeGreaterThan(10);
  });

  test('POS without new priorities for racing accesses', () => {
    class Stale extends Pos {
      protected override redraw(taken: number): void {
        this.priority[taken] = this.random.next();
      }
    }
    const { program, pos } = LITMUS[2];
    const { groups } = profileOf(createExecution('sc', litmus(program), 100), SEED);
    expect(strays(program, new Stale(SEED, 2, groups), pos)).toBeGreaterThan(10);
  });

  test('POS without new priorities', () => {
    class Fixed extends Pos {
      protected override redraw(): void {}
    }
    const { program, pos } = LITMUS[0];
    const { groups } = profileOf(createExecution('sc', litmus(program), 100), SEED);
    expect(strays(program, new Fixed(SEED, 2, groups), pos)).toBeGreaterThan(10);
  });
});

/** Counts the orders in which the threads access x. */
function orders(text: string, name: RandomSchedulerName, depth: number): Map<string, number> {
  const threads = text.split('|').map((thread) => thread.split(';'));
  const execution = createExecution('sc', litmus(text), 100);
  const counts = new Map<string, number>();
  for (const [schedule, n] of counted(execution, made(name, execution, SEED, depth), EXECUTIONS)) {
    const taken = threads.map(() => 0);
    const order = [...schedule].filter((t) => threads[Number(t)][taken[Number(t)]++].includes('x')).join('');
    counts.set(order, (counts.get(order) ?? 0) + n);
  }
  return counts;
}

test('surw: the orders of accesses to shared locations are equally likely, independent of other steps', () => {
  const text = 'Wx;Ra;Ra;Ra;Ra;Wx | Rb;Rx;Rb;Rx';
  const uniform = exactly([2, 2], (left) => left);
  expect(chiSquare(orders(text, 'surw', 0), uniform)).toBeLessThan(1);
  expect(chiSquare(orders(text, 'urw', 0), uniform)).toBeGreaterThan(10);
});

test('pct: a bug of depth d is found at least once in n * k^(d - 1) executions; one of depth 3 is not found at depth 2', () => {
  const text = 'Ra;Ra;Wx;Wx;Ra;Ra | Rb;Rb;Rx;Rx;Rb;Rb';
  const { threads, choices } = profileOf(createExecution('sc', litmus(text), 100), SEED);
  for (const [depth, bug] of [
    [2, '0110'],
    [3, '0101'],
  ] as const) {
    const bound = EXECUTIONS / (threads * choices ** (depth - 1));
    expect(orders(text, 'pct', depth).get(bug)).toBeGreaterThan(bound - 3 * Math.sqrt(bound));
  }
  expect(orders(text, 'pct', 2).get('0101')).toBeUndefined();
});

test('reads-from: a read between two of many writes, which POS never reaches', () => {
  const text = `${Array(40).fill('Wx').join(';')} | Rx`;
  const middle = (name: RandomSchedulerName): number =>
    orders(text, name, 0).get(`${'0'.repeat(20)}1${'0'.repeat(20)}`) ?? 0;
  expect(middle('pos')).toBe(0);
  expect(middle('reads-from')).toBeGreaterThan(EXECUTIONS / 100);
});
