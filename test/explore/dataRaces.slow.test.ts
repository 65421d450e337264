import { expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import { assume } from '../../src/memory/assume.ts';
import type { Cell, Lock } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore, type Options } from '../../src/testing/explore.ts';
import { detailedScenarios } from '../../src/trackers/gfnRing/scenarios.ts';
import { readAgain } from './readAgain.ts';

const RACE = 'no data race';
const quick = { memoryModel: 'rc11', minimise: 0, seconds: 60 } as const;
const foundIn = async (what: Scenario | string, options: Options = {}) =>
  (await explore(what, { ...quick, ...options })).findings.map(({ property }) => property);

interface Names {
  readonly x: Cell;
  readonly f: Cell;
  readonly done: Cell;
  readonly m: Lock;
}
type Access = (mem: Memory, names: Names) => unknown;

/** Message passing: `write` stores to x, then sets f. */
const passing = (writer: Access, reader: Access): Scenario =>
  scenario({
    name: 'passing',
    cells: { x: 'u32', f: 'u32', done: 'u32' },
    locks: ['m'],
    actors: { writer: [writer], reader: [reader] },
  });

const released: Access = (mem, { x, f }) => {
  mem.write(x, 1);
  mem.storeRelease(f, 1);
};
const relaxed: Access = (mem, { x, f }) => {
  mem.write(x, 1);
  mem.store(f, 1);
};
const fenced: Access = (mem, { x, f }) => {
  mem.write(x, 1);
  mem.wmb();
  mem.store(f, 1);
};
const acquired: Access = (mem, { x, f }) => mem.loadAcquire(f) === 1 && mem.read(x);
const loaded: Access = (mem, { x, f }) => mem.load(f) === 1 && mem.read(x);
const behind =
  (fence: 'rmb' | 'wmb' | 'mb'): Access =>
  (mem, { x, f }) => {
    if (mem.load(f) === 0) return undefined;
    mem[fence]();
    return mem.read(x);
  };

test.each<[string, Access, Access, boolean]>([
  ['release, acquire', released, acquired, false],
  ['release, relaxed', released, loaded, true],
  ['relaxed, acquire', relaxed, acquired, true],
  ['release, rmb', released, behind('rmb'), false],
  ['release, mb', released, behind('mb'), false],
  ['release, wmb', released, behind('wmb'), true],
  ['wmb, acquire', fenced, acquired, false],
  ['wmb, rmb', fenced, behind('rmb'), false],
  ['wmb, relaxed', fenced, loaded, true],
  [
    'wmb and rmb, but it is written',
    fenced,
    (mem, { x, f }) => {
      if (mem.load(f) === 0) return;
      mem.rmb();
      mem.write(x, 2);
    },
    true,
  ],
  ['a read-modify-write', (mem, { x, f }) => [mem.write(x, 1), mem.fetchAdd(f, 1)], acquired, false],
  [
    'a release sequence',
    (mem, { x, f }) => [mem.write(x, 1), mem.store(f, 1, 'release'), mem.fetchAdd(f, 1, 'relaxed')],
    (mem, { x, f }) => mem.loadAcquire(f) === 2 && mem.read(x),
    false,
  ],
  [
    'read, then written',
    (mem, { x, f }) => [mem.read(x), mem.storeRelease(f, 1)],
    (mem, { x, f }) => mem.loadAcquire(f) === 1 && mem.write(x, 1),
    false,
  ],
  [
    'read, and not released',
    (mem, { x, f }) => [mem.read(x), mem.store(f, 1)],
    (mem, { x, f }) => mem.loadAcquire(f) === 1 && mem.write(x, 1),
    true,
  ],
  [
    'read, and wmb',
    (mem, { x, f }) => [mem.read(x), mem.wmb(), mem.store(f, 1)],
    (mem, { x, f }) => mem.loadAcquire(f) === 1 && mem.write(x, 1),
    true,
  ],
  ['plain and marked', (mem, { x }) => mem.write(x, 1), (mem, { x }) => mem.load(x), true],
  ['plain and atomic', (mem, { x }) => mem.read(x), (mem, { x }) => mem.fetchAdd(x, 1), true],
  ['a failed cmpxchg only reads', (mem, { x }) => mem.read(x), (mem, { x }) => mem.cmpxchg(x, 1, 2), false],
  ['marked', (mem, { x }) => mem.store(x, 1), (mem, { x }) => mem.load(x), false],
  ['two that read', (mem, { x }) => mem.read(x), (mem, { x }) => mem.read(x), false],
  [
    'under a lock',
    (mem, { x, m }) => [mem.lock(m), mem.write(x, 1), mem.unlock(m)],
    (mem, { x, m }) => [mem.lock(m), mem.write(x, 2), mem.unlock(m)],
    false,
  ],
  [
    'one not under the lock',
    (mem, { x, m }) => [mem.lock(m), mem.write(x, 1), mem.unlock(m)],
    (mem, { x, m }) => [mem.lock(m), mem.unlock(m), mem.write(x, 2)],
    true,
  ],
  [
    'woken',
    (mem, { x, f }) => [mem.write(x, 1), mem.store(f, 1), mem.wake(f)],
    (mem, { x, f }) => mem.wait(f, 0) && mem.read(x),
    false,
  ],
])('%s', async (_, writer, reader, races) => {
  const what = passing(writer, reader);
  const expected = races ? [RACE] : [];
  expect(await foundIn(what)).toEqual(expected);
  expect(await foundIn(what, { reduction: 'none' })).toEqual(expected);
  for (const scheduler of ['random-walk', 'pct', 'pos', 'portfolio'] as const)
    expect(await foundIn(what, { scheduler, executions: 200 })).toEqual(expected);
  for (const reduction of ['states', 'optimal', 'none'] as const)
    expect(await foundIn(what, { reduction, memoryModel: 'tso' })).toEqual(expected);
  for (const scheduler of ['random-walk', 'pct'] as const)
    expect(await foundIn(what, { scheduler, memoryModel: 'tso', executions: 200 })).toEqual(expected);
  expect(await foundIn(what, { memoryModel: 'sc' })).toEqual([]);
});

test('two marked accesses after a plain one do not race with one another', async () => {
  const what = scenario({
    name: 'three',
    cells: { x: 'u32', f: 'u32' },
    actors: {
      writer: [(mem, { x, f }) => [mem.write(x, 1), mem.storeRelease(f, 1)]],
      stores: [(mem, { x, f }) => mem.loadAcquire(f) === 1 && mem.store(x, 2)],
      loads: [(mem, { x, f }) => mem.loadAcquire(f) === 1 && mem.load(x)],
    },
  });
  for (const reduction of ['states', 'optimal'] as const) expect(await foundIn(what, { reduction })).toEqual([]);
});

test('the message names actors, cells and lines', async () => {
  const [{ message }] = (
    await explore(
      passing(
        (mem, { x }) => mem.write(x, 1),
        (mem, { x }) => mem.read(x),
      ),
      { memoryModel: 'rc11' },
    )
  ).findings;
  const line = 'test/explore/dataRaces\\.slow\\.test\\.ts:\\d+:\\d+';
  expect(message).toMatch(
    new RegExp(`^write x by writer at ${line} and read x by reader at ${line}: neither happens before the other$`),
  );
});

test('cells that share a byte race; those that share a word do not', async () => {
  const halves = (cell: 'low' | 'high') =>
    scenario({
      name: 'halves',
      cells: {
        w: 'u32',
        low: { type: 'u16', over: 'w' },
        high: { type: 'u16', over: 'w', byte: 2 },
        byte: { type: 'u8', over: 'w' },
      },
      actors: { a: [(mem, names) => mem.write(names[cell], 1)], b: [(mem, { byte }) => mem.read(byte)] },
    });
  expect([await foundIn(halves('low')), await foundIn(halves('high'))]).toEqual([[RACE], []]);
});

test('intended races are not reported', async () => {
  const counted = (racy: readonly ('hits' | 'other')[]) =>
    scenario({
      name: 'counted',
      cells: { hits: { type: 'u64', length: 2 }, other: 'u32' },
      racy,
      actors: {
        a: [(mem, { hits }) => mem.write64(hits[1], mem.read64(hits[1]) + 1n)],
        b: [(mem, { hits }) => mem.write64(hits[1], mem.read64(hits[1]) + 1n)],
      },
    });
  expect(await foundIn(counted([]))).toEqual([RACE]);
  expect(await foundIn(counted(['other']))).toEqual([RACE]);
  expect(await foundIn(counted(['hits']))).toEqual([]);
  expect(await foundIn(counted(['hits']), { tearing: true })).toEqual([]);
  expect(await foundIn(counted([]), { tearing: true })).toEqual([RACE]);
});

test.each(['ring', 'hostile-wipe'])('%s has none', async (name) => {
  const report = await explore(name, { ...quick });
  expect([report.outcome, report.exhausted]).toEqual(['passed', true]);
});

test.each(detailedScenarios.map(({ spec }) => spec.name))('no draw of %s has one', async (name) => {
  expect(await foundIn(name, { scheduler: 'portfolio', executions: 300 })).not.toContain(RACE);
});

test('states are distinguished by the accesses that happen before a later acquire', async () => {
  const again = readAgain(
    (mem, x) => mem.read(x),
    (mem, x) => mem.write(x, 1),
  );
  for (const memoryModel of ['tso', 'rc11'] as const)
    for (const reduction of ['states', 'none'] as const)
      expect(await foundIn(again, { memoryModel, reduction })).toEqual([RACE]);
});

test('a race is made small, and stays the same race', async () => {
  const handshake = scenario({
    name: 'handshake',
    cells: { x: 'u32', y: 'u32', f: 'u32', other: 'u32' },
    actors: {
      a: [
        (mem, { other }) => mem.store(other, 1),
        (mem, { x, f }) => {
          mem.write(x, 1);
          mem.storeRelease(f, 1);
        },
        (mem, { y }) => mem.write(y, 1),
      ],
      b: [
        (mem, { f }) => assume(mem.loadAcquire(f) === 1),
        (mem, { x }) => mem.read(x),
        (mem, { other }) => mem.load(other),
        (mem, { y }) => mem.read(y),
      ],
    },
  });
  const { findings } = await explore(handshake, { memoryModel: 'rc11' });
  expect(findings[0].message).toMatch(/^write y by a .* and read y by b /);
  expect(findings[0].scenario).toMatchObject({
    skipped: [
      [0, 1],
      [0, 1, 2],
    ],
  });
});

test('removing what orders two other accesses makes these race: that is not the same race', async () => {
  const pairs = scenario({
    name: 'two-pairs',
    cells: { x: 'u32', y: 'u32', f: 'u32' },
    actors: {
      reader: [
        (mem, { y }) => mem.read(y),
        (mem, { f }) => assume(mem.loadAcquire(f) === 1),
        (mem, { x }) => mem.read(x),
      ],
      writer: [
        (mem, { x }) => mem.write(x, 1),
        (mem, { f }) => mem.storeRelease(f, 1),
        (mem, { y }) => mem.write(y, 1),
      ],
    },
  });
  const { findings } = await explore(pairs, { memoryModel: 'rc11' });
  expect(findings.map(({ message }) => message)).toEqual([expect.stringMatching(/^read y by reader.* and write y by/)]);
});
