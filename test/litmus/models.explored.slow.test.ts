import { describe, expect, test } from 'vitest';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import { StateCache } from '../../src/explore/states/stateCache.ts';
import { consistencyModelOf } from '../../src/explore/trust/consistencyModel.ts';
import { trust } from '../../src/explore/trust/trust.ts';
import { permutations } from '../explore/programs.ts';
import { C11_SUITE } from './c11Suite.ts';
import { explored, type Search } from './explored.ts';
import type { Litmus } from './litmus.ts';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';
import { sample } from './randomTests.ts';
import { SUITE } from './suite.ts';

const MODELS = ['tso', 'rc11'] as const;
const PROGRAMS = Number(process.env.GFNRING_PROGRAMS ?? 100);
const SEED = Number(process.env.GFNRING_SEED ?? 7);

/** The search must be optimal: one execution per class, and none that is abandoned. */
const optimal =
  (model: 'tso' | 'rc11'): Search =>
  (execution, judge, limits, { classes }) => {
    const tools = consistencyModelOf(model, execution)!;
    const { executions, blocked, limit } = trust(execution, judge, limits, tools, classes, {
      events: [],
      rmwReads: [],
      lockWaits: [],
    });
    expect([executions, blocked]).toEqual([classes.seen.size, 0]);
    return { limit };
  };

const states: Search = (execution, judge, limits) =>
  depthFirstSearch(execution, judge, limits, { states: new StateCache(execution, judge) });

/**
 * @param byInterleavings compares the search of all interleavings too. It is slow, so one order of
 *   the threads has to do.
 */
function agrees(
  program: Litmus,
  model: 'tso' | 'rc11',
  byInterleavings: boolean,
  expected = oracle(program, model === 'rc11' ? 'views' : model),
): void {
  expect(explored(program, optimal(model), model)).toEqual(expected);
  expect(explored(program, states, model).outcomes).toEqual(expected.outcomes);
  if (byInterleavings) expect(explored(program, depthFirstSearch, model)).toEqual(expected);
}

/** Four threads have too many orders, so only rotations are used. */
const turns = <T>(list: readonly T[]): T[][] => list.map((_, i) => [...list.slice(i), ...list.slice(0, i)]);

const isSmall = ({ threads }: Litmus): boolean => threads.flat().length <= 7;

describe.each(MODELS)('%s: outcomes and graphs of', (model) => {
  test.each(SUITE.map(({ name, test: program }) => [name, program] as const))('%s', (_, program) => {
    const orders = program.threads.length < 4 ? [...permutations(program.threads)] : turns(program.threads);
    for (const [i, threads] of orders.entries()) agrees({ threads }, model, i === 0 && isSmall({ threads }));
  });

  test(`${PROGRAMS} drawn programs`, () => {
    for (const program of sample('all', PROGRAMS, SEED)) {
      try {
        agrees(program, model, isSmall(program));
      } catch (error) {
        throw new Error(JSON.stringify(program), { cause: error });
      }
    }
  }, 120_000);

  test.each(C11_SUITE.map(({ name, text }) => [name, litmus(text)] as const))('C11: %s', (_, { threads }) => {
    const orders = threads.length < 4 ? [...permutations(threads)] : turns(threads);
    for (const [i, order] of orders.entries())
      agrees({ threads: order }, model, i === 0, oracle({ threads: order }, model));
  });

  test(`${PROGRAMS} drawn programs with orders of C11`, () => {
    for (const program of sample('c11', PROGRAMS, SEED)) {
      try {
        agrees(program, model, isSmall(program), oracle(program, model));
      } catch (error) {
        throw new Error(JSON.stringify(program), { cause: error });
      }
    }
  }, 120_000);
});
