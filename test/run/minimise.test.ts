import { describe, expect, test } from 'vitest';
import type { StateView } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { contextSwitches } from '../../src/explore/schedule.ts';
import { StrictReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import type { Cell } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { createRun, runOnce, scMemory } from '../../src/run/createRun.ts';
import type { Failure } from '../../src/run/failure.ts';
import { minimise } from '../../src/run/minimise/minimise.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { scenario } from '../../src/scenario/define.ts';
import { resolveScenario, type ScenarioRef } from '../../src/scenario/scenarioRef.ts';
import { searchSpec } from '../searches.ts';

interface Ring {
  readonly prod: Cell;
  readonly entries: readonly Cell[];
}

const push =
  (value: number) =>
  (mem: Memory, { prod, entries }: Ring): string => {
    const index = mem.load(prod);
    mem.store(entries[index % 8], value);
    mem.store(prod, index + 1);
    return 'pushed';
  };
const busy = (mem: Memory, { entries }: Ring): number => mem.load(entries[7]);

/**
 * Two vCPUs push onto one ring without a lock. A third thread and other operations are superfluous.
 */
const pushes = scenario({
  name: 'two-unlocked-pushes',
  cells: { prod: 'u16', entries: { type: 'u32', length: 8 } },
  actors: { vcpu0: [busy, push(1), push(2), busy], vcpu1: [push(3), busy], bystander: [busy, busy] },
} as never);
const counted: Scenario = {
  ...pushes,
  properties: { ...pushes.properties, finally: { 'no entry is lost': nothingLost } },
};

/** The first failure of random walks, not minimised. */
async function found(of: Scenario | ScenarioRef, seed: number): Promise<Failure> {
  const what = await resolveScenario(of);
  const search = searchSpec({ scheduler: 'random-walk', reduction: 'none', seed });
  const { violation, schedule } = searchHere(what.scenario, search, { ...noLimits, executions: 20_000 });
  expect(violation).toBeDefined();
  return { ...what, ...violation!, memoryModel: 'sc', tearing: false, schedule };
}

function expectToFail(failure: Failure): void {
  const run = createRun(failure.scenario, 10_000);
  expect(runOnce(run, new StrictReplayScheduler(failure.schedule)).violation?.property).toBe(failure.property);
}

const operations = ({ scenario: { program } }: Failure): number =>
  program.actors.reduce(
    (sum, actor) => sum + actor.operations.filter(({ label }) => !label.startsWith('skipped')).length,
    0,
  );

describe('a finding is minimised', () => {
  test('two unlocked pushes need two switches, for every first finding', async () => {
    for (const seed of [1, 2, 3]) {
      const smallest = minimise(await found(counted, seed), 5);
      expect(contextSwitches(smallest.schedule)).toBe(2);
      expectToFail(smallest);
      expect(operations(smallest)).toBe(2);
    }
  });

  test('without time it stays as it was found, and still fails', async () => {
    const failure = await found(counted, 1);
    const same = minimise(failure, 0);
    expectToFail(same);
    expect(contextSwitches(same.schedule)).toBeLessThanOrEqual(contextSwitches(failure.schedule));
  });
});

/** The index counts the pushes that ended. */
function nothingLost({ words, results }: Pick<StateView, 'words' | 'results'>): boolean {
  const entries = [...words.subarray(1, 9)].filter((word) => word !== 0).length;
  const pushed = results.flat().filter((result) => result === 'pushed').length;
  return (words[0] & 0xffff) === pushed && entries === pushed;
}

test('a minimised finding violates the same property', async () => {
  // The third thread breaks the other property if it comes first.
  const two = scenario({
    name: 'two-properties',
    cells: { x: 'u32', z: 'u32' },
    actors: {
      a: [(mem, { z }) => mem.load(z), (mem, { x }) => mem.load(x), (mem, { x }) => mem.store(x, 1)],
      b: [(mem, { z }) => mem.load(z), (mem, { x }) => mem.load(x), (mem, { x }) => mem.store(x, 1)],
      c: [(mem, { z }) => mem.store(z, 1)],
    },
    always: { 'x is before z': ({ read, cells }) => read(cells.z) === 0 || read(cells.x) === 1 },
    finally: { 'one has seen the other': ({ results }) => results.a[1] !== 0 || results.b[1] !== 0 },
  });
  const what = await resolveScenario(two);
  const property = 'one has seen the other';
  const failure = { ...what, ...scMemory, property, message: '', schedule: [0, 1, 0, 1, 0, 1, 2] };
  expectToFail(failure);
  const least = minimise(failure, 5);
  expect(least.property).toBe(property);
  expectToFail(least);
});

describe.each(['tso', 'rc11'] as const)('a failure that needs %s', (memoryModel) => {
  /**
   * Each store and each load is an operation. Without the stores, any order of the loads has the
   * forbidden result.
   */
  const apart = scenario({
    name: 'sb-apart',
    cells: { x: 'u32', y: 'u32' },
    actors: {
      a: [(mem, { x }) => mem.store(x, 1), (mem, { y }) => mem.load(y)],
      b: [(mem, { y }) => mem.store(y, 1), (mem, { x }) => mem.load(x)],
    },
    finally: { 'one saw the other': ({ results }) => results.a[1] === 1 || results.b[1] === 1 },
  });

  test('is not minimised to one that fails under sc', async () => {
    const machine = { memoryModel, tearing: false };
    const what = await resolveScenario(apart);
    const { violation, schedule } = searchHere(apart, searchSpec({ ...machine, stepsMax: 100 }), noLimits);
    const least = minimise({ ...what, ...violation!, ...machine, schedule }, 5);
    expect(operations(least)).toBe(4);
    expect(
      runOnce(createRun(least.scenario, 100, machine), new StrictReplayScheduler(least.schedule)).violation,
    ).toEqual(violation);
  });
});
