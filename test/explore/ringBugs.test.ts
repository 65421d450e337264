import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { optimalDpor } from '../../src/explore/optimalDpor/optimalDpor.ts';
import { profileOf } from '../../src/explore/profile.ts';
import { createScheduler, type RandomSchedulerName } from '../../src/explore/schedulers/registry.ts';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import { sampleExecutions } from '../../src/explore/search/sampling.ts';
import { StateCache } from '../../src/explore/states/stateCache.ts';
import { createRun } from '../../src/run/createRun.ts';
import { BENCHMARK_RINGS, createBenchmarkRing } from '../../src/scenario/benchmarkRing.ts';
import { ringBugs, withoutBug } from './ringBugs.ts';

const STEPS_MAX = 100_000;
const SEEDS = 20;
/** The most executions that the portfolio may need, in the median. */
const EXECUTIONS = 1000;

/** The sorted numbers of executions until the bug is found, one per seed; Infinity above `most`. */
function taken(scenario: Scenario, name: RandomSchedulerName, most: number): number[] {
  const { execution, checker } = createRun(scenario, STEPS_MAX);
  return Array.from({ length: SEEDS }, (_, seed) => {
    const scheduler = createScheduler(name, seed, profileOf(execution, seed), 3);
    const { violation, executions } = sampleExecutions(execution, checker, scheduler, {
      ...noLimits,
      executions: most,
    });
    return violation === undefined ? Infinity : executions + 1;
  }).sort((a, b) => a - b);
}

describe('a portfolio finds within 1,000 executions, in the median of 20 seeds', () => {
  test.each(ringBugs)('$name', (bug) => {
    expect(taken(bug, 'portfolio', 20 * EXECUTIONS)[SEEDS / 2]).toBeLessThanOrEqual(EXECUTIONS);
  });
});

test('a random walk alone does not: these bugs are hard enough', () => {
  for (const bug of [ringBugs[0], ringBugs[4]]) expect(taken(bug, 'random-walk', EXECUTIONS)[SEEDS / 2]).toBe(Infinity);
});

test('nothing is found without a bug, and there is no other bug', () => {
  expect(taken(withoutBug, 'portfolio', EXECUTIONS)).toEqual(Array(SEEDS).fill(Infinity));
  const { execution, checker } = createRun(withoutBug, STEPS_MAX);
  const states = new StateCache(execution, checker);
  const proof = depthFirstSearch(execution, checker, noLimits, { states });
  expect([proof.violation, proof.limit]).toEqual([undefined, undefined]);
});

test.each([
  ['ring-s', 46, 1206],
  ['ring-m', 553, 8688],
] as const)('the benchmark ring %s has %i classes and %i states', (name, classes, states) => {
  const [pushes, harvests, resets] = BENCHMARK_RINGS[name];
  const { execution, checker } = createRun(createBenchmarkRing(name, pushes, harvests, resets), STEPS_MAX);
  expect(optimalDpor(execution, checker, noLimits).executions).toBe(classes);
  const options = { states: new StateCache(execution, checker) };
  expect(depthFirstSearch(execution, checker, noLimits, options).states).toBe(states);
});
