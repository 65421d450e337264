import { describe, expect, test } from 'vitest';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { StrictReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import { C11_SUITE } from './c11Suite.ts';
import { candidates } from './candidates.ts';
import { STEPS_MAX } from './explored.ts';
import type { Litmus } from './litmus.ts';
import { litmus } from './notation.ts';
import { MODELS } from './oracle.ts';
import { programOf } from './programOf.ts';
import { sample } from './randomTests.ts';
import { hasRaceIfPlain } from './rc11.ts';

const PROGRAMS = Number(process.env.GFNRING_PROGRAMS ?? 100);
const SEED = Number(process.env.GFNRING_SEED ?? 7);

/** How many executions there are, and how many of them have a race. */
interface Count {
  readonly graphs: number;
  readonly racy: number;
}

/** By the axioms of TSO and of RC11: an execution of TSO must be one of RC11. */
function expected(test: Litmus): Count {
  const graphs = [...candidates(test)].filter(MODELS.tso);
  expect(graphs.every(MODELS.rc11)).toBe(true);
  return { graphs: graphs.length, racy: graphs.filter(hasRaceIfPlain).length };
}

/** By the explorer: the executions without a race check, and then with one. */
function found(test: Litmus): Count {
  const program = programOf(test, true);
  const free = createExecution('tso', program, STEPS_MAX);
  const schedules = new Map<string, number[]>();
  const judge = {
    atEnd: () => {
      schedules.set(free.memory.graphHash()!.join(), free.choices());
      return undefined;
    },
    key: () => '',
    resultsMatter: true,
    sees: () => false,
  };
  depthFirstSearch(free, judge, noLimits);
  const execution = createExecution('tso', program, STEPS_MAX);
  execution.observer = { start: () => undefined, step: () => undefined, back: () => {} };
  const racy = [...schedules.values()].filter((choices) => {
    execution.reset();
    const stop = execution.run(new StrictReplayScheduler(choices));
    return stop.kind === 'violated' && stop.violation.category === 'data-race';
  });
  return { graphs: schedules.size, racy: racy.length };
}

const isSmall = ({ threads }: Litmus): boolean => threads.flat().length <= 8;

describe('under tso, the executions with a race are those that RC11 says', () => {
  test.each(C11_SUITE.map(({ name, text }) => [name, litmus(text)] as const).filter(([, of]) => isSmall(of)))(
    '%s',
    (_, of) => {
      expect(found(of)).toEqual(expected(of));
    },
  );

  test(`${PROGRAMS} drawn programs`, () => {
    const drawn = sample('c11', PROGRAMS, SEED).filter(isSmall);
    const all = drawn.map((of) => {
      const count = found(of);
      expect(count, JSON.stringify(of)).toEqual(expected(of));
      return count;
    });
    // The comparison is worth something: both kinds of executions are there.
    expect(all.some(({ graphs, racy }) => racy > 0 && racy < graphs)).toBe(true);
  }, 120_000);
});
