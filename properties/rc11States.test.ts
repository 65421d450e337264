import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stop } from '../src/explore/execution/stop.ts';
import { noLimits } from '../src/explore/limits.ts';
import { createExecution } from '../src/explore/memoryModels/registry.ts';
import type { Program } from '../src/explore/program.ts';
import { depthFirstSearch } from '../src/explore/search/dfs.ts';
import type { PropertyChecker } from '../src/explore/search/searchProgress.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import { Layout } from '../src/memory/layout.ts';
import type { Memory } from '../src/memory/memory.ts';
import { resultText } from '../src/memory/result.ts';

const seed = Number(process.env.GFNRING_SEED ?? 1);
const programs = Number(process.env.GFNRING_PROGRAMS ?? 50);

const layout = new Layout();
const x = layout.cell('x', 'u32');
const y = layout.cell('y', 'u32');
const low = layout.cell('low', 'u16', y.offset);
const lock = layout.lock('m', 'mutex');

/** Few values, so that different executions reach the same state. */
const accesses: Readonly<Record<string, (mem: Memory) => unknown>> = {
  'load x': (mem) => mem.load(x),
  'load y': (mem) => mem.load(y),
  'load low': (mem) => mem.load(low),
  'loadAcquire y': (mem) => mem.loadAcquire(y),
  'loadAcquire low': (mem) => mem.loadAcquire(low),
  'store x': (mem) => mem.store(x, 1),
  'store y': (mem) => mem.store(y, 0x10001),
  'store low': (mem) => mem.store(low, 1),
  'store low, too': (mem) => mem.store(low, 2),
  'storeRelease y': (mem) => mem.storeRelease(y, 0x10001),
  'storeRelease low': (mem) => mem.storeRelease(low, 1),
  'fetchOr low': (mem) => mem.fetchOr(low, 1),
  'cmpxchg y': (mem) => mem.cmpxchg(y, 1, 2),
  'under the lock': (mem) => {
    mem.lock(lock);
    const seen = mem.load(x);
    mem.store(x, seen + 1);
    mem.unlock(lock);
    return seen;
  },
  mb: (mem) => mem.mb(),
  rmb: (mem) => mem.rmb(),
  wmb: (mem) => mem.wmb(),
};

/** Operations of one or two accesses each. An operation passes only its result to the next one. */
const drawn = fc.array(
  fc.array(fc.array(fc.constantFrom(...Object.keys(accesses)), { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 2,
  }),
  { minLength: 2, maxLength: 4 },
);

const programOf = (threads: readonly (readonly (readonly string[])[])[]): Program => ({
  layout,
  init: () => {},
  actors: threads.map((operations, t) => ({
    name: `t${t}`,
    operations: operations.map((names, i) => ({
      label: `${i}`,
      run: (mem) => names.map((name) => accesses[name](mem) ?? null),
    })),
  })),
});

/** All final states that a search reaches, or undefined if there are too many. */
function endsOf(program: Program, withStates: boolean): string[] | undefined {
  const execution = createExecution('rc11', program, 1000);
  const ends = new Set<string>();
  const end = (stop: Stop): undefined => {
    ends.add(`${stop.kind} ${resultText(execution.results)} ${execution.bytes.u32.join()}`);
  };
  const judge: PropertyChecker = { atEnd: end, key: () => '', resultsMatter: true, sees: () => false };
  const options = withStates ? { states: new StateCache(execution, judge) } : {};
  const { limit } = depthFirstSearch(execution, judge, { ...noLimits, executions: 2000 }, options);
  return limit === undefined ? [...ends].sort() : undefined;
}

test('a search of states reaches the same final states as all interleavings', () =>
  fc.assert(
    fc.property(drawn, (threads) => {
      const program = programOf(threads);
      const every = endsOf(program, false);
      if (every !== undefined) expect(endsOf(program, true)).toEqual(every);
    }),
    { numRuns: programs, seed },
  ));
