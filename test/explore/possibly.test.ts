import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Checker } from '../../src/check/checker.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { optimalDpor } from '../../src/explore/optimalDpor/optimalDpor.ts';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import type { PropertyChecker } from '../../src/explore/search/searchProgress.ts';
import { StateCache } from '../../src/explore/states/stateCache.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { scenario } from '../../src/scenario/define.ts';
import { draws } from '../draws.ts';

/**
 * A predicate over several cells, or over results, can fail in global states that the one explored
 * execution of a class does not go through.
 */

const flag = (name: 'x' | 'y') => (mem: Memory, names: Record<'x' | 'y', never>) => {
  mem.store(names[name], 1);
  mem.store(names[name], 0);
  return 1;
};

/** Two threads that share nothing: one class. */
const apart = (rest: Partial<Parameters<typeof scenario>[0]>): Scenario =>
  scenario({
    name: 'apart',
    cells: { x: 'u32', y: 'u32' },
    actors: { a: [flag('x')], b: [flag('y')] },
    ...rest,
  } as never);

function optimal(of: Scenario, judge: (checker: Checker) => PropertyChecker = (checker) => checker) {
  const execution = createExecution('sc', of.program, 1000);
  const checker = new Checker(execution, of.properties);
  execution.observer = checker;
  const result = optimalDpor(execution, judge(checker), noLimits);
  return { ...result, missing: checker.missing, schedule: [...execution.schedule.subarray(0, execution.steps)] };
}

function states(of: Scenario) {
  const execution = createExecution('sc', of.program, 1000);
  const checker = new Checker(execution, of.properties);
  execution.observer = checker;
  return {
    ...depthFirstSearch(execution, checker, noLimits, { states: new StateCache(execution, checker) }),
    missing: checker.missing,
  };
}

type PropertyView = {
  read: (cell: unknown) => number;
  cells: { x: unknown; y: unknown };
  results: { a: unknown[]; b: unknown[] };
};
const notBoth = { 'not both': ({ read, cells }: PropertyView) => read(cells.x) + read(cells.y) < 2 };

describe('global states of other executions of a class', () => {
  test('an always over two cells that fails only there is found, with the steps to it', () => {
    const found = optimal(apart({ always: notBoth } as never));
    expect(found.violation?.property).toBe('not both');
    expect(found.schedule.toSorted()).toEqual([0, 1]);
  });

  test('without this detection it passes: the check can fail', () => {
    const blind = (checker: Checker): PropertyChecker => ({
      atEnd: (stop) => checker.atEnd(stop),
      key: () => '',
      resultsMatter: false,
      sees: () => false,
    });
    expect(optimal(apart({ always: notBoth } as never), blind).violation).toBeUndefined();
  });

  test('a sometimes over two cells is reached there', () => {
    expect(
      optimal(apart({ sometimes: { both: (view: PropertyView) => !notBoth['not both'](view) } } as never)).missing,
    ).toEqual([]);
    expect(
      optimal(apart({ sometimes: { three: ({ read, cells }: PropertyView) => read(cells.x) === 3 } } as never)).missing,
    ).toEqual(['three']);
  });

  test('results count as well: one has returned while the other has not begun', () => {
    const order = {
      'b never returns first': ({ results }: PropertyView) => !(results.b.length === 1 && results.a.length === 0),
    };
    expect(optimal(apart({ always: order } as never)).violation?.property).toBe('b never returns first');
  });

  test('a predicate of one cell costs no class, and none is found where it holds', () => {
    const found = optimal(
      apart({ always: { 'x is small': ({ read, cells }: PropertyView) => read(cells.x) < 2 } } as never),
    );
    expect(found).toMatchObject({ executions: 1, violation: undefined });
  });
});

const cells = ['x', 'y', 'z'] as const;
const step = fc.record({
  cell: fc.constantFrom(...cells),
  kind: fc.constantFrom('store', 'load', 'add'),
  value: fc.nat(2),
});
const seen = { violated: 0, passed: 0 };

test('drawn programs: the optimal reduction and the search of states say the same of two cells and of results', () =>
  fc.assert(
    fc.property(
      fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
      fc.nat(2),
      fc.nat(2),
      fc.nat(2),
      (threads, x, y, n) => {
        const drawn = scenario({
          name: 'drawn',
          cells: { x: 'u32', y: 'u32', z: 'u32' },
          actors: Object.fromEntries(
            threads.map((steps, i) => [
              `thread${i}`,
              steps.map(({ cell, kind, value }) => (mem: Memory, names: Record<string, never>) => {
                if (kind === 'load') return mem.load(names[cell]);
                return kind === 'add' ? mem.fetchAdd(names[cell], 1) : mem.store(names[cell], value);
              }),
            ]),
          ),
          always: {
            'not this': ({ read, cells: c }) => !(read(c.x) === x && read(c.y) === y),
            'nor that': ({ results, cells: c, read }) =>
              !((results as never as unknown[][])['thread0' as never].length === n && read(c.z) === 2),
          },
        } as never);
        const [one, other] = [optimal(drawn).violation, states(drawn).violation];
        expect(one === undefined).toBe(other === undefined);
        seen[one === undefined ? 'passed' : 'violated']++;
      },
    ),
    {
      numRuns: draws(750),
      seed: 1,
    },
  ));

afterAll(() => {
  expect(seen.violated).toBeGreaterThan(100);
  expect(seen.passed).toBeGreaterThan(100);
});
