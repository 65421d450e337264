import { describe, expect, test } from 'vitest';
import { hunt } from '../../src/explore/hunt.ts';
import { searchInterleavings } from '../../src/explore/interleavings.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { searchOptimal } from '../../src/explore/optimal.ts';
import { profileOf } from '../../src/explore/profile.ts';
import { type DrawingName, makeScheduler } from '../../src/explore/schedulers/make.ts';
import { States } from '../../src/explore/states.ts';
import { runOf } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { YARDSTICKS, yardstickRing } from '../../src/scenario/yardstick.ts';
import { ringBugs, withoutBug } from './ringBugs.ts';

const STEPS_MAX = 100_000;
const SEEDS = 20;
/** What the portfolio may take in the median. */
const EXECUTIONS = 1000;

/** How many executions it takes to find the bug, by seed and in order; Infinity where it takes more than `most`. */
function taken(scenario: Scenario, name: DrawingName, most: number): number[] {
  const { execution, checker } = runOf(scenario, STEPS_MAX);
  return Array.from({ length: SEEDS }, (_, seed) => {
    const scheduler = makeScheduler(name, seed, profileOf(execution, seed), 3);
    const { violation, executions } = hunt(execution, checker, scheduler, { ...noLimits, executions: most });
    return violation === undefined ? Infinity : executions + 1;
  }).sort((a, b) => a - b);
}

describe('a portfolio finds within 1,000 executions, in the median of 20 seeds', () => {
  test.each(ringBugs)('$name', (bug) => {
    expect(taken(bug, 'portfolio', 20 * EXECUTIONS)[SEEDS / 2]).toBeLessThanOrEqual(EXECUTIONS);
  });
});

test('a random walk alone does not: these bugs are worth looking for', () => {
  for (const bug of [ringBugs[0], ringBugs[4]]) expect(taken(bug, 'random-walk', EXECUTIONS)[SEEDS / 2]).toBe(Infinity);
});

test('nothing is found where there is no bug, and there is none', () => {
  expect(taken(withoutBug, 'portfolio', EXECUTIONS)).toEqual(Array(SEEDS).fill(Infinity));
  const { execution, checker } = runOf(withoutBug, STEPS_MAX);
  const states = new States(execution, checker);
  const proof = searchInterleavings(execution, checker, noLimits, { states });
  expect([proof.violation, proof.limit]).toEqual([undefined, undefined]);
});

test.each([
  ['ring-s', 46, 1206],
  ['ring-m', 553, 8688],
] as const)('the yardstick %s has %i classes and %i states', (name, classes, states) => {
  const [pushes, harvests, resets] = YARDSTICKS[name];
  const { execution, checker } = runOf(yardstickRing(name, pushes, harvests, resets), STEPS_MAX);
  expect(searchOptimal(execution, checker, noLimits).executions).toBe(classes);
  const options = { states: new States(execution, checker) };
  expect(searchInterleavings(execution, checker, noLimits, options).states).toBe(states);
});
