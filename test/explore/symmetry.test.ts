import { describe, expect, test } from 'vitest';
import { Checker } from '../../src/check/checker.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import { StateCache } from '../../src/explore/states/stateCache.ts';
import { Symmetry } from '../../src/explore/symmetry.ts';
import type { Lock } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { scenario } from '../../src/scenario/define.ts';
import { searchSpec } from '../searches.ts';
import { times } from './programs.ts';

type Names = { readonly x: never; readonly y: never; readonly m: Lock };
const locked = (mem: Memory, { x, m }: Names): number => {
  mem.lock(m);
  const seen = mem.load(x);
  mem.store(x, seen + 1);
  mem.unlock(m);
  return seen;
};
const unlocked = (mem: Memory, { x }: Names): number => {
  const seen = mem.load(x);
  mem.store(x, seen + 1);
  return seen;
};

const alike = (n: number, run: (mem: Memory, names: Names) => unknown, expected: number): Scenario =>
  scenario({
    name: 'alike',
    cells: { x: 'u32', y: 'u32' },
    locks: ['m'],
    actors: Object.fromEntries(times(n, (i) => [`a${i}`, [run]])),
    finally: { 'all are counted': ({ read, cells }) => read(cells.x) === expected },
  } as never);

function states(of: Scenario, symmetric: boolean) {
  const symmetry = symmetric ? new Symmetry(of.program) : undefined;
  const execution = createExecution('sc', of.program, 1000, symmetry?.groups);
  const checker = new Checker(execution, of.properties);
  execution.observer = checker;
  const result = depthFirstSearch(execution, checker, noLimits, {
    states: new StateCache(execution, checker, false, symmetry),
  });
  return { states: result.states, violated: result.violation !== undefined };
}

describe('symmetric actors', () => {
  test.each([2, 3, 4, 5])('%i threads that lock: the same verdict in fewer states', (n) => {
    const [all, some] = [states(alike(n, locked, n), false), states(alike(n, locked, n), true)];
    expect(some.violated).toBe(false);
    expect(all.violated).toBe(false);
    expect(some.states).toBeLessThan(all.states);
  });

  test('five threads: a state is the number of finished threads, and the place of the running one', () => {
    // With symmetry, a state is given by how many threads are done and idle, and by one of four
    // places of the thread inside. Without it, each subset of threads is a state of its own.
    expect(states(alike(5, locked, 5), true).states).toBe(5 * 4 + 1);
    expect(states(alike(5, locked, 5), false).states).toBe(2 ** 5 + 5 * 3 * 2 ** 4);
  });

  test('a violation is found as without symmetry', () => {
    expect(states(alike(3, unlocked, 3), true).violated).toBe(true);
    expect(states(alike(3, unlocked, 2), true).violated).toBe(true);
  });

  test('actors that differ, or read their thread number, are not symmetric: one line says so', () => {
    const search = searchSpec({ symmetry: true, stepsMax: 1000 });
    const differ = scenario({
      name: 'differ',
      cells: { x: 'u32', y: 'u32' },
      locks: ['m'],
      actors: { a: [locked], b: [unlocked] },
    } as never);
    expect(() => searchHere(differ, search, noLimits)).toThrow(/no two actors have the same operations/);
    const asks = (mem: Memory, { x }: Names): void => mem.store(x, mem.thread);
    expect(() => searchHere(alike(2, asks, 1), search, noLimits)).toThrow(/asks for mem.thread/);
  });
});
