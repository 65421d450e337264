import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { type Cell, type Memory, scenario } from '../../src/index.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { searchSpec } from '../searches.ts';

type Run = (mem: Memory, cells: { readonly flag: Cell }) => void;

const setsAndTakesBack: Run = (mem, { flag }) => {
  mem.store(flag, 1);
  mem.storeRelease(flag, 0);
};
const waits: Run = (mem, { flag }) => {
  while (mem.loadAcquire(flag) === 1);
};
const waitsAndTakes: Run = (mem, { flag }) => {
  while (mem.cmpxchg(flag, 0, 2) === 1);
};
const locks: Run = (mem, { flag }) => {
  while (mem.cmpxchg(flag, 0, 1) !== 0);
  mem.storeRelease(flag, 0);
};

/**
 * The spinning thread runs second, so it reads a flag that was reset already. Memory does not
 * contain the value that its loop reads.
 */
const named = (
  [
    ['a load', setsAndTakesBack, waits],
    ['a cmpxchg that fails', setsAndTakesBack, waitsAndTakes],
    ['two that take a lock', locks, locks],
  ] as const
).flatMap(([name, one, other]) => [[name, one, other] as const, [`${name}, the other way round`, other, one] as const]);

const searches = (['tso', 'rc11'] as const).flatMap((memoryModel) =>
  (['none', 'optimal', 'states'] as const).map((reduction) => ({ memoryModel, reduction })),
);

describe.each(searches)('$memoryModel, $reduction: a spin over a store that is no longer the last ends', (search) => {
  test.each(named)('%s', (_, one, other) => {
    const what: Scenario = scenario({ name: 'spin', cells: { flag: 'u32' }, actors: { a: [one], b: [other] } });
    const all = searchSpec({ ...search, stepsMax: 1000 });
    const { violation, limit, executions, classes, steps } = searchHere(what, all, noLimits);
    expect([violation, limit]).toEqual([undefined, undefined]);
    expect(steps).toBeLessThan(300);
    if (search.reduction === 'optimal') expect([executions, classes]).toEqual([2, 2]);
  });
});
