import { expect, test } from 'vitest';
import type { Execution } from '../../src/explore/execution/execution.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { optimalDpor } from '../../src/explore/optimalDpor/optimalDpor.ts';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import type { PropertyChecker } from '../../src/explore/search/searchProgress.ts';
import { lenient, programOf, type Run, threadsOf } from './programs.ts';

/** How the executions of a program end, by both searches: their results, or how they stopped. */
function endsOf(...threads: Run[]): { all: string[]; reduced: string[] } {
  const by = (search: (execution: Execution, judge: PropertyChecker) => unknown): string[] => {
    const execution = createExecution('sc', programOf(threads), 100);
    const ends = new Set<string>();
    search(execution, {
      ...lenient,
      atEnd: (stop) => {
        if (stop.kind !== 'blocked') ends.add(stop.kind === 'finished' ? JSON.stringify(execution.results) : stop.kind);
        return undefined;
      },
    });
    return [...ends].sort();
  };
  return {
    all: by((execution, judge) => depthFirstSearch(execution, judge, noLimits)),
    reduced: by((execution, judge) => optimalDpor(execution, judge, noLimits)),
  };
}

const same = (ends: string[]) => ({ all: ends, reduced: ends });

test('an iteration of two loads of the same cell does not end after one', () => {
  const spin: Run = (mem, cell) => {
    while (mem.load(cell('x')) === 0) if (mem.load(cell('x')) === 1) return 'in the middle';
    return 'at the top';
  };
  expect(endsOf(spin, (mem, cell) => mem.store(cell('x'), 1))).toEqual(
    same(['[["at the top"],[null]]', '[["in the middle"],[null]]']),
  );
});

test('two loops that read the same values are distinguished', () => {
  const spin: Run = (mem, cell) => {
    while (mem.load(cell('x')) === 1);
    while (mem.load(cell('x')) === 0);
    return mem.load(cell('x'));
  };
  expect(endsOf(spin, (mem, cell) => mem.store(cell('x'), 1))).toEqual(same(['[[1],[null]]', 'livelock']));
});

test('a helper that is called from two places has two call sites', () => {
  const look = (...[mem, cell]: Parameters<Run>): number => mem.load(cell('x'));
  const spin: Run = (mem, cell) => {
    for (;;) {
      if (look(mem, cell) !== 0) return 'first';
      if (look(mem, cell) !== 0) return 'second';
    }
  };
  expect(endsOf(spin, (mem, cell) => mem.store(cell('x'), 1))).toEqual(
    same(['[["first"],[null]]', '[["second"],[null]]']),
  );
});

test('a thread that made progress and spins again is stopped again', () => {
  const spin: Run = (mem, cell) => {
    while (mem.cmpxchg(cell('x'), 0, 1) !== 0);
  };
  const stores = '[[null],[[null,null,null]]]';
  const twice = endsOf(spin, ...threadsOf('Wx5;Wx1;Wx1'));
  expect(twice).toEqual(same([stores, 'livelock']));
});

test('threads that wait for each other are a livelock, even while one holds a lock', () => {
  const waits =
    (mine: string, other: string): Run =>
    (mem, cell) => {
      while (mem.load(cell(other)) === 0);
      mem.store(cell(mine), 1);
    };
  expect(endsOf(waits('x', 'y'), waits('y', 'x'))).toEqual(same(['livelock']));
});

test('two loops on one line are distinguished, though both read the same values', () => {
  const both: Run = (mem, cell) => {
    for (const value of [1, 0]) while (mem.load(cell('x')) === value);
  };
  const { all, reduced } = endsOf(both, ...threadsOf('Wx1'));
  expect(all).toContain('livelock');
  expect(reduced).toContain('livelock');
});

test('a loop that stores another value in each iteration is no spin loop', () => {
  const counts: Run = (mem, cell) => {
    for (let i = 1; mem.load(cell('x')) === 0; i++) mem.store(cell('y'), i);
    return 'left';
  };
  const execution = createExecution('sc', programOf([counts]), 50);
  const stops: string[] = [];
  depthFirstSearch(execution, { ...lenient, atEnd: ({ kind }) => void stops.push(kind) }, noLimits);
  expect(stops).toEqual(['limit']);
  // Call sites are not compared: each of a thousand accesses would be found by its stack.
  expect(execution.tree.spins.size).toBe(0);
});
