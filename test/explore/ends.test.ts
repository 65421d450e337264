import { describe, expect, test } from 'vitest';
import { noProperties } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { assume } from '../../src/memory/assume.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { reportOf, told } from '../run/told.ts';

const layout = new Layout();
const [x, y] = [layout.cell('x', 'u32'), layout.cell('y', 'u32')];
const [m, n] = [layout.lock('m', 'mutex'), layout.lock('n', 'mutex')];
const s = layout.lock('s', 'spinlock');

type Thread = (mem: Memory) => unknown;
const inside =
  (...locks: readonly (typeof m)[]): Thread =>
  (mem) => {
    for (const lock of locks) mem.lock(lock);
    for (const lock of locks.toReversed()) mem.unlock(lock);
  };
const waits: Thread = (mem) => mem.wait(x, 0);
const wakes: Thread = (mem) => mem.wake(x);
const setsAndWakes: Thread = (mem) => [mem.store(x, 1), mem.wake(x)];
const sets: Thread = (mem) => mem.store(x, 1);
const spins: Thread = (mem) => {
  while (mem.load(x) !== 1);
};
const assumes: Thread = (mem) => assume(mem.load(x) === 1);

/** Threads, and how the report describes the end of their execution. */
const ROWS: Readonly<Record<string, readonly [threads: readonly Thread[], told: string]>> = {
  'locks in two orders': [[inside(m, n), inside(n, m)], 'deadlock no deadlock'],
  'locks in one order': [[inside(m, n), inside(m, n)], 'passed'],
  'a lock taken twice': [[inside(m, m)], 'deadlock no deadlock'],
  'a spin on a value that is never stored': [
    [spins, (mem) => mem.store(y, 1)],
    'livelock no livelock: some thread makes progress',
  ],
  'a spin on what another stores': [[spins, sets], 'passed'],
  'two spins on one another': [
    [
      (mem) => {
        while (mem.load(x) !== 1);
        mem.store(y, 1);
      },
      (mem) => {
        while (mem.load(y) !== 1);
        mem.store(x, 1);
      },
    ],
    'livelock no livelock: some thread makes progress',
  ],
  'a wake-up that may come too early': [[waits, wakes], 'deadlock no deadlock'],
  'a wake-up after a store': [[waits, setsAndWakes], 'passed'],
  'one wake-up for two sleepers': [[waits, waits, setsAndWakes], 'passed'],
  'a lock that is kept': [[(mem) => [mem.lock(m), mem.store(x, 1)]], 'violated no lock is held at the end'],
  "another's lock given back": [
    [(mem) => mem.lock(m), (mem) => mem.unlock(m)],
    'violated a lock is given back by its holder',
  ],
  'a mutex under a spinlock': [[inside(s, m)], 'violated nothing sleeps under a spinlock'],
  'a wait under a spinlock': [
    [(mem) => [mem.lock(s), mem.wait(x, 1), mem.unlock(s)]],
    'violated nothing sleeps under a spinlock',
  ],
  'a spinlock under a mutex': [[inside(m, s)], 'passed'],
  'an assumption that holds in one execution': [[assumes, sets], 'passed'],
  'an assumption that never holds': [[assumes], 'violated sometimes: an execution that no assume gives up'],
  'an operation that throws': [[(mem) => mem.load(x) === 1 && JSON.parse('{'), sets], 'crashed no operation crashes'],
};

const scenarioOf = (threads: readonly Thread[]): Scenario => ({
  name: 'ends',
  program: {
    layout,
    init: () => {},
    actors: threads.map((run, i) => ({ name: `t${i}`, operations: [{ label: 'run', run }] })),
  },
  properties: noProperties,
});

describe.each(Object.entries(ROWS))('%s', (_, [threads, known]) => {
  test.each(['none', 'optimal', 'states'] as const)('by %s', async (reduction) => {
    expect(await told(scenarioOf(threads), { reduction })).toBe(known);
  });

  test.each(['tso', 'rc11'] as const)('under %s', async (memoryModel) => {
    expect(await told(scenarioOf(threads), { memoryModel })).toBe(known);
  });
});

test('executions that an assumption stops are counted separately', async () => {
  const { executions, blocked } = await reportOf(scenarioOf([assumes, sets]), { reduction: 'none' });
  expect([executions, blocked]).toEqual([1, 1]);
});

test('an ignored deadlock does not count as an end', async () => {
  const of = scenarioOf([waits]);
  const properties = { ...noProperties, deadlock: () => undefined };
  expect(await told({ ...of, properties })).toBe('violated sometimes: an execution that comes to its end');
});
