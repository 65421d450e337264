import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import type { Cell } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { benchmarkRing } from '../../src/scenario/benchmarkRing.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore, type Options } from '../../src/testing/explore.ts';

const lkmm = (what: Scenario, options: Options = {}) => explore(what, { memoryModel: 'lkmm', minimise: 0, ...options });

const cells = { x: 'u32', y: 'u32' } as const;

/** Two threads that load what the other one stores afterwards. */
const buffering = (isRelease: boolean): Scenario =>
  scenario({
    name: 'buffering',
    cells,
    actors: {
      a: [
        (mem, { x, y }) => {
          const seen = mem.load(x);
          mem.store(y, 1);
          return seen;
        },
      ],
      b: [
        (mem, { x, y }) => {
          const seen = isRelease ? mem.loadAcquire(y) : mem.load(y);
          if (isRelease) mem.storeRelease(x, 1);
          else mem.store(x, 1);
          return seen;
        },
      ],
    },
    finally: { 'not both': ({ results }) => results.a[0] !== 1 || results.b[0] !== 1 },
  });

test('a proof says what the search does not look for', async () => {
  const stores = scenario({ name: 'stores', cells, actors: { a: [(mem, { x }) => mem.store(x, 1)] } });
  const { outcome, assumptions } = await lkmm(stores);
  expect([outcome, assumptions.map(({ kind, loop }) => [kind, loop])]).toEqual(['passed', [['model', '']]]);
});

describe('load buffering', () => {
  test('is found, shown and replayed', async () => {
    const { outcome, findings, text } = await lkmm(buffering(false));
    expect([outcome, findings[0].property]).toEqual(['violated', 'not both']);
    expect(text).toContain('not the initial value');
    const replayed = await lkmm(buffering(false), { replay: findings[0].schedule });
    expect([replayed.outcome, replayed.findings[0].property]).toEqual(['violated', 'not both']);
    expect((await explore(buffering(false), { memoryModel: 'rc11' })).outcome).toBe('passed');
  });

  test('is there if one side alone is ordered, as the other one may be late', async () => {
    expect((await lkmm(buffering(true))).outcome).toBe('violated');
  });

  test('a promise that is not kept is no execution', async () => {
    await expect(lkmm(buffering(false), { replay: '1.1000003,1,0x2' })).rejects.toThrow('does not keep a promise');
    await expect(lkmm(buffering(false), { replay: '1.9,1,0x2' })).rejects.toThrow('has no choice 9');
  });

  test('does not get values from nowhere', async () => {
    // Both threads copy; and each of the two loads of `a` alone makes no difference if both are 1.
    const copies = scenario({
      name: 'copies',
      cells: { x: 'u32', y: 'u32', z: 'u32' },
      actors: {
        a: [(mem, { x, y, z }) => mem.store(z, mem.load(x) | mem.load(y))],
        b: [
          (mem, { x, y, z }) => {
            const seen = mem.load(z);
            mem.store(x, seen);
            mem.store(y, seen);
          },
        ],
        c: [(mem, { x }) => mem.store(x, 4)],
      },
      finally: { 'z is 0 or 4': ({ read, cells: { z } }) => read(z) === 0 || read(z) === 4 },
    });
    expect((await lkmm(copies)).outcome).toBe('passed');
  });
});

test('load buffering before full fences', async () => {
  const one = (from: 'x' | 'y', to: 'x' | 'y') => (mem: Memory, of: Readonly<Record<'x' | 'y', Cell>>) => {
    const seen = mem.load(of[from]);
    mem.store(of[to], 1);
    mem.mb();
    return seen;
  };
  const fenced = scenario({
    name: 'fenced',
    cells,
    actors: { a: [one('x', 'y')], b: [one('y', 'x')] },
    finally: { 'not both': ({ results }) => results.a[0] !== 1 || results.b[0] !== 1 },
  });
  expect((await lkmm(fenced)).outcome).toBe('violated');
});

test('an operation that fails on a promise fails only if the promise is kept', async () => {
  const failing = (keeps: boolean): Scenario =>
    scenario({
      name: 'failing',
      cells: { x: 'u32', y: 'u32', z: 'u32' },
      actors: {
        a: [
          (mem, { x, y, z }) => {
            const seen = mem.load(x);
            mem.store(z, 1);
            mem.store(y, seen === 1 && !keeps ? 2 : 1);
            if (seen === 1) throw new Error('seen');
          },
        ],
        b: [(mem, { x, y }) => mem.store(x, mem.load(y) === 1 ? 1 : 3)],
      },
    });
  expect((await lkmm(failing(true))).outcome).toBe('crashed');
  expect((await lkmm(failing(false))).outcome).toBe('passed');
});

test('dependencies order what a release or a fence would', async () => {
  const published = (depends: boolean): Scenario =>
    scenario({
      name: 'published',
      cells: { index: 'u32', entry: { type: 'u32', length: 2 } },
      actors: {
        writer: [
          (mem, { index, entry }) => {
            mem.store(entry[1], 7);
            mem.wmb();
            mem.store(index, 1);
          },
        ],
        reader: [(mem, { index, entry }) => [mem.load(index), mem.load(entry[depends ? mem.load(index) : 1])]],
      },
      finally: { 'index 0 or entry 7': () => true },
    });
  const outcomes = async (depends: boolean): Promise<number | null> => (await lkmm(published(depends))).classes;
  // Without the dependency, the reader may see the index and miss the entry.
  expect(await outcomes(false)).toBe(4);
  expect(await outcomes(true)).toBe(3);
});

test('a loop that waits, with acquire', async () => {
  const waiting = scenario({
    name: 'waiting',
    cells: { flag: 'u32', data: 'u32' },
    actors: {
      writer: [
        (mem, { flag, data }) => {
          mem.write(data, 5);
          mem.storeRelease(flag, 1);
        },
      ],
      reader: [
        (mem, { flag, data }) => {
          mem.waitUntil(flag, (value) => value === 1);
          return mem.read(data);
        },
      ],
    },
    finally: { 'the data is there': ({ results }) => results.reader[0] === 5 },
  });
  expect(await lkmm(waiting)).toMatchObject({ outcome: 'passed', exhausted: true });
});

test('a thread that waits goes on when the value changes', async () => {
  const handed = scenario({
    name: 'handed',
    cells,
    actors: {
      a: [
        (mem, { x, y }) => {
          mem.write(y, 5);
          mem.storeRelease(x, 1);
          mem.wake(x);
        },
      ],
      b: [
        (mem, { x, y }) => {
          while (mem.loadAcquire(x) === 0) mem.wait(x, 0);
          return mem.read(y);
        },
      ],
    },
    finally: { 'the data is there': ({ results }) => results.b[0] === 5 },
  });
  expect(await lkmm(handed)).toMatchObject({ outcome: 'passed', exhausted: true });
});

test('a thread that waits for ever is a deadlock', async () => {
  const waits = scenario({ name: 'waits', cells, actors: { a: [(mem, { x }) => mem.wait(x, 0)] } });
  expect((await lkmm(waits)).outcome).not.toBe('passed');
});

test('wait and wake are full fences', async () => {
  const buffers = scenario({
    name: 'buffers',
    cells,
    actors: {
      a: [
        (mem, { x, y }) => {
          mem.store(x, 1);
          mem.wait(y, 9);
          return mem.load(y);
        },
      ],
      b: [
        (mem, { x, y }) => {
          mem.store(y, 1);
          mem.wake(y);
          return mem.load(x);
        },
      ],
    },
    finally: { 'one sees the other': ({ results }) => results.a[0] === 1 || results.b[0] === 1 },
  });
  expect(await lkmm(buffers)).toMatchObject({ outcome: 'passed', exhausted: true });
});

test('parts of a word are the word', async () => {
  const parts = scenario({
    name: 'parts',
    cells: { x: 'u32', low: { type: 'u16', over: 'x', byte: 0 }, high: { type: 'u16', over: 'x', byte: 2 } },
    actors: {
      a: [(mem, { low, high }) => [mem.fetchAdd(low, 3), mem.fetchOr(high, 4), mem.load(low)]],
      b: [(mem, { high }) => mem.xchg(high, 0)],
    },
    finally: {
      'the low half is counted': ({ read, results, cells: { low } }) =>
        read(low) === 3 && String(results.a[0]) === '0,0,3',
      'what was taken is gone': ({ read, results, cells: { high } }) => read(high) + Number(results.b[0]) === 4,
    },
  });
  const { layout } = parts.program;
  layout.words.push(layout.places[0] as Cell);
  expect(await lkmm(parts)).toMatchObject({ outcome: 'passed', exhausted: true, executions: 4 });
});

test.each([
  ['ring-s', 46],
  ['ring-m', 564],
] as const)('%s', async (name, graphs) => {
  expect(await lkmm(benchmarkRing(name), { seconds: 60 })).toMatchObject({
    outcome: 'passed',
    executions: graphs,
    classes: graphs,
  });
});

describe('refused in one line', () => {
  test.each([
    ['a scheduler that draws', { scheduler: 'pct' }, 'no scheduler pct'],
    ['another reduction', { reduction: 'states' }, 'no reduction states'],
    ['preemptions', { preemptions: 2 }, 'no bound of preemptions'],
    ['workers', { workers: 2 }, 'no search with 2 workers'],
  ] as const)('%s', async (_, options, message) => {
    await expect(lkmm(buffering(false), options)).rejects.toThrow(message);
  });

  const cell = { x: 'u32', half: { type: 'u16', over: 'x', byte: 0 } } as const;

  test('what Linux does not have', async () => {
    const strong = scenario({
      name: 'strong',
      cells: { x: 'u32' },
      actors: { a: [(mem, { x }) => mem.load(x, 'seq_cst')] },
    });
    await expect(lkmm(strong)).rejects.toThrow('load(seq_cst) does not exist in the Linux kernel');
  });

  test('accesses of several sizes are a limit and no proof', async () => {
    const mixed = scenario({
      name: 'mixed',
      cells: cell,
      actors: { a: [(mem, { x, half }) => [mem.load(half), mem.load(x)]] },
    });
    expect(await lkmm(mixed)).toMatchObject({ outcome: 'limit', exhausted: false });
  });
});
