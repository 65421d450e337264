import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore, type Options } from '../../src/testing/explore.ts';

const quick = (what: Scenario, options: Options) => explore(what, { minimise: 0, workers: 1, ...options });

const MODELS = ['sc', 'tso', 'rc11', 'lkmm'] as const;

/** Two threads that choose, and add what they have chosen to one cell. */
const adders = (most: number): Scenario =>
  scenario({
    name: 'adders',
    cells: { sum: 'u32' },
    actors: {
      a: [(mem, { sum }) => mem.fetchAdd(sum, mem.choose(3))],
      b: [(mem, { sum }) => mem.choose(2) === 1 && mem.fetchAdd(sum, 4)],
    },
    sometimes: {
      'both choose their least': ({ read, cells }) => read(cells.sum) === 0,
      'a chooses 1': ({ read, cells }) => read(cells.sum) === 1,
      'both choose their most': ({ read, cells }) => read(cells.sum) === 6,
    },
    finally: { 'the sum is small': ({ read, cells }) => read(cells.sum) <= most || 'it is large' },
  });

describe('a choice is explored', () => {
  test.each(MODELS)('under %s, once for each result', async (memoryModel) => {
    const { outcome, classes } = await quick(adders(6), { memoryModel, reduction: 'optimal' });
    // a chooses 0, 1 or 2; b adds nothing, or comes before or after a.
    expect([outcome, classes]).toEqual(['passed', 9]);
  });

  test.each(['sc', 'tso', 'rc11'] as const)('under %s, in all states', async (memoryModel) => {
    expect((await quick(adders(6), { memoryModel, reduction: 'states' })).outcome).toBe('passed');
  });

  test.each(MODELS)('under %s, and shown and replayed', async (memoryModel) => {
    const { findings, text } = await explore(adders(5), { memoryModel, minimise: 1 });
    expect(findings.map(({ property }) => property)).toEqual(['the sum is small']);
    expect(text).toContain('choose → 2');
    expect(text).toContain('choose → 1');
    const replayed = await explore(adders(5), { memoryModel, replay: findings[0].schedule });
    expect([replayed.outcome, replayed.findings[0].property]).toEqual(['violated', 'the sum is small']);
  });

  test.each(['random-walk', 'pct', 'pos', 'surw', 'urw', 'reads-from'] as const)('by %s', async (scheduler) => {
    for (const memoryModel of ['sc', 'tso', 'rc11'] as const)
      expect((await quick(adders(5), { scheduler, memoryModel })).outcome).toBe('violated');
  });
});

test('a race behind one of two choices is reversed with that choice', async () => {
  const behind = scenario({
    name: 'behind',
    cells: { x: 'u32' },
    actors: {
      a: [(mem, { x }) => mem.store(x, 1)],
      b: [(mem, { x }) => (mem.choose(3) === 1 ? 9 : mem.load(x))],
    },
  });
  // 1 does not load; 0 and 2 load before or after the store.
  for (const memoryModel of MODELS)
    expect(await quick(behind, { memoryModel, reduction: 'optimal' })).toMatchObject({ executions: 5, blocked: 0 });
});

test('a revisit that deletes a choice is made once', async () => {
  const deleted = scenario({
    name: 'deleted',
    cells: { x: 'u32', y: 'u32' },
    actors: {
      a: [(mem, { x, y }) => [mem.load(x), mem.choose(2), mem.load(y)]],
      b: [(mem, { x, y }) => [mem.store(x, 1), mem.store(y, 1)]],
    },
  });
  for (const memoryModel of ['sc', 'tso', 'rc11', 'lkmm'] as const) {
    const { executions, classes } = await quick(deleted, { memoryModel, reduction: 'optimal' });
    expect([memoryModel, executions]).toEqual([memoryModel, classes]);
  }
});

test('a loop that is left by choice is a livelock, as the scheduler may never choose that', async () => {
  const retry = scenario({
    name: 'retry',
    cells: { tries: 'u32' },
    actors: {
      a: [{ run: (mem) => mem.choose(2), until: (result: number) => result === 1 }],
    },
  });
  expect((await quick(retry, { reduction: 'states' })).outcome).toBe('livelock');
});

test('a count that is none is refused in one line', async () => {
  for (const count of [0, 1.5, -1, 65537, Number.NaN]) {
    const { outcome, text } = await quick(
      scenario({ name: 'none', cells: { x: 'u8' }, actors: { a: [(mem) => mem.choose(count)] } }),
      {},
    );
    expect(outcome).toBe('crashed');
    expect(text).toContain(`mem.choose: ${count} is no count: must be a whole number from 1 to 65536`);
  }
});

test('a choice among one is no step', async () => {
  const one = scenario({
    name: 'one',
    cells: { x: 'u8' },
    actors: { a: [(mem, { x }) => mem.load(x) + mem.choose(1)] },
  });
  expect(await quick(one, {})).toMatchObject({ outcome: 'passed', steps: 1 });
});
