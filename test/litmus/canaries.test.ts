import { afterEach, expect, test, vi } from 'vitest';
import { consistencyModelOf } from '../../src/explore/trust/consistencyModel.ts';
import { ExecutionGraph } from '../../src/explore/trust/graph.ts';
import { EMPTY_GRAPH } from '../../src/explore/trust/partialGraph.ts';
import { trust } from '../../src/explore/trust/trust.ts';
import { explored, type Search, STEPS_MAX } from './explored.ts';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';
import { programOf } from './programOf.ts';

/** Mistakes in the search of graphs that the oracle must notice. Those in the memory models, and more, are in `selftest/mistakes`. */

afterEach(() => {
  vi.restoreAllMocks();
});

const SB = litmus('x=1; mb; r0=y | y=1; mb; r0=x');
const FOUR = litmus('x=1 | r0=x; r1=x | x=2 | r2=x');

const graphs =
  (test: ReturnType<typeof litmus>, model: 'tso' | 'weak'): Search =>
  (execution, judge, limits, { classes }) => {
    const tools = consistencyModelOf(model, programOf(test), STEPS_MAX);
    const { executions, limit } = trust(execution, judge, limits, tools, classes, EMPTY_GRAPH);
    if (executions !== classes.seen.size) throw new Error('a class was run twice');
    return { limit };
  };

/** Broken methods are not all public. */
const put = (of: object, name: string, value: unknown): unknown =>
  vi.spyOn(of as Record<string, () => unknown>, name).mockImplementation(value as () => unknown);

test.each([true, false])('optimal: what is taken back is asked nothing (%s)', (answer) => {
  expect(explored(FOUR, graphs(FOUR, 'weak'), 'weak')).toEqual(oracle(FOUR, 'weak'));
  put(ExecutionGraph.prototype, 'areLatest', () => answer);
  let seen: unknown;
  try {
    seen = explored(FOUR, graphs(FOUR, 'weak'), 'weak');
  } catch (error) {
    seen = error;
  }
  expect(seen).not.toEqual(oracle(FOUR, 'weak'));
});

test('optimal: graphs that no execution has', () => {
  const tools = consistencyModelOf('weak', programOf(SB), STEPS_MAX);
  const search: Search = (execution, judge, limits, { classes }) =>
    trust(execution, judge, limits, { ...tools, isConsistent: () => true }, classes, EMPTY_GRAPH);
  expect(() => explored(SB, search, 'weak')).toThrow();
});
