import { afterEach, expect, test, vi } from 'vitest';
import { Graph } from '../../src/explore/graphs/graph.ts';
import { searchGraphs } from '../../src/explore/graphs/searchGraphs.ts';
import { graphTools } from '../../src/explore/graphs/tools.ts';
import { searchInterleavings } from '../../src/explore/interleavings.ts';
import { TsoExecution } from '../../src/explore/memoryModels/tsoExecution.ts';
import { Views } from '../../src/explore/memoryModels/views.ts';
import { WeakExecution } from '../../src/explore/memoryModels/weakExecution.ts';
import { explored, type Search, STEPS_MAX } from './explored.ts';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';
import { programOf } from './programOf.ts';

/** Mistakes in the memory models and in the search of graphs: the oracle must notice each. */

afterEach(() => {
  vi.restoreAllMocks();
});

const SB = litmus('x=1; mb; r0=y | y=1; mb; r0=x');
const MP = litmus('x=1; wmb; y=1 | r0=y; rmb; r1=x');
const FOUR = litmus('x=1 | r0=x; r1=x | x=2 | r2=x');

const graphs =
  (test: ReturnType<typeof litmus>, model: 'tso' | 'weak'): Search =>
  (execution, judge, limits, { classes }) => {
    const root = { moves: [], halves: [], waits: [] };
    const tools = graphTools(model, programOf(test), STEPS_MAX);
    const { executions, limit } = searchGraphs(execution, judge, limits, tools, classes, root);
    if (executions !== classes.seen.size) throw new Error('a class was run twice');
    return { limit };
  };

/** Broken methods are not all public. */
const put = (of: object, name: string, value: unknown): unknown =>
  vi.spyOn(of as Record<string, () => unknown>, name).mockImplementation(value as () => unknown);

test('tso: a fence that does not wait for the buffer', () => {
  expect(explored(SB, searchInterleavings, 'tso')).toEqual(oracle(SB, 'tso'));
  put(TsoExecution.prototype, 'isBuffered', () => true);
  expect(explored(SB, searchInterleavings, 'tso')).not.toEqual(oracle(SB, 'tso'));
});

test('tso: a load that does not look into its own buffer', () => {
  const own = litmus('x=1; r0=x | x=2');
  expect(explored(own, searchInterleavings, 'tso')).toEqual(oracle(own, 'tso'));
  put(TsoExecution.prototype, 'newest', function (this: TsoExecution, _: number, atom: number) {
    return this.stores.last(atom);
  });
  expect(explored(own, searchInterleavings, 'tso')).not.toEqual(oracle(own, 'tso'));
});

test('weak: fences that do nothing', () => {
  expect(explored(MP, searchInterleavings, 'weak')).toEqual(oracle(MP, 'weak'));
  put(WeakExecution.prototype, 'fence', () => {});
  expect(explored(MP, searchInterleavings, 'weak')).not.toEqual(oracle(MP, 'weak'));
});

test('weak: views that are not put together', () => {
  put(Views.prototype, 'join', (a: unknown) => a);
  expect(explored(MP, searchInterleavings, 'weak')).not.toEqual(oracle(MP, 'weak'));
});

test.each([true, false])('optimal: what is taken back is asked nothing (%s)', (answer) => {
  expect(explored(FOUR, graphs(FOUR, 'weak'), 'weak')).toEqual(oracle(FOUR, 'weak'));
  put(Graph.prototype, 'isNewest', () => answer);
  let seen: unknown;
  try {
    seen = explored(FOUR, graphs(FOUR, 'weak'), 'weak');
  } catch (error) {
    seen = error;
  }
  expect(seen).not.toEqual(oracle(FOUR, 'weak'));
});

test('optimal: graphs that no execution has', () => {
  const tools = graphTools('weak', programOf(SB), STEPS_MAX);
  const search: Search = (execution, judge, limits, { classes }) =>
    searchGraphs(execution, judge, limits, { ...tools, consistent: () => true }, classes, {
      moves: [],
      halves: [],
      waits: [],
    });
  expect(() => explored(SB, search, 'weak')).toThrow();
});
