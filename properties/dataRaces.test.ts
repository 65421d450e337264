import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Execution } from '../src/explore/execution/execution.ts';
import type { Observer } from '../src/explore/execution/observer.ts';
import { traceOf } from '../src/explore/execution/trace.ts';
import { noLimits } from '../src/explore/limits.ts';
import { createExecution } from '../src/explore/memoryModels/registry.ts';
import type { Operation, Program } from '../src/explore/program.ts';
import { StrictReplayScheduler } from '../src/explore/schedulers/replay.ts';
import { depthFirstSearch } from '../src/explore/search/dfs.ts';
import type { PropertyChecker } from '../src/explore/search/searchProgress.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import type { FenceOrder, RmwOrder } from '../src/memory/kinds.ts';
import { Layout } from '../src/memory/layout.ts';
import type { Memory } from '../src/memory/memory.ts';
import { hasRace } from './rc11Races.ts';

const seed = Number(process.env.GFNRING_SEED ?? 1);
const programs = Number(process.env.GFNRING_PROGRAMS ?? 80);

const layout = new Layout();
const cells = [layout.cell('x', 'u32'), layout.cell('y', 'u32')];
const lock = layout.lock('m', 'spinlock');

type Access = readonly [what: string, cell: number];

function take(mem: Memory, [what, cell]: Access): void {
  switch (what) {
    case 'read':
    case 'load':
    case 'loadAcquire':
      mem[what](cells[cell]);
      return;
    case 'write':
    case 'store':
    case 'storeRelease':
      mem[what](cells[cell], 1);
      return;
    case 'fetchAdd':
      mem.fetchAdd(cells[cell], 1);
      return;
    case 'fetchAdd relaxed':
    case 'fetchAdd acquire':
    case 'fetchAdd release':
      mem.fetchAdd(cells[cell], 1, what.slice(9) as RmwOrder);
      return;
    case 'fence acquire':
    case 'fence release':
      mem.fence(what.slice(6) as FenceOrder);
      return;
    case 'locked':
      mem.lock(lock);
      if (cell === 0) mem.write(cells[0], 3);
      else mem.read(cells[0]);
      mem.unlock(lock);
      return;
    // The thread continues only after it has read the store to the other cell.
    case 'read if':
    case 'write if':
      if (mem.loadAcquire(cells[1 - cell]) === 0) return;
      take(mem, [what.slice(0, -3), cell]);
      return;
    case 'read if loaded':
    case 'write if loaded':
      if (mem.load(cells[1 - cell]) === 0) return;
      mem.rmb();
      take(mem, [what.slice(0, -10), cell]);
      return;
    default:
      mem[what as 'rmb' | 'wmb' | 'mb']();
  }
}

const programOf = (threads: readonly (readonly (readonly Access[])[])[]): Program => ({
  layout,
  init: () => {},
  actors: threads.map((operations, t) => ({
    name: `t${t}`,
    operations: operations.map(
      (accesses, i): Operation => ({
        label: `${i}`,
        run: (mem) => {
          for (const access of accesses) take(mem, access);
        },
      }),
    ),
  })),
});

/** Two or three threads of one or two operations, with one or two accesses each. */
const drawnThreads = (kinds: readonly string[]) =>
  fc.array(
    fc.array(
      fc.array(fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 1 })), { minLength: 1, maxLength: 2 }),
      {
        minLength: 1,
        maxLength: 2,
      },
    ),
    { minLength: 2, maxLength: 3 },
  );
const c11Orders = ['fetchAdd relaxed', 'fetchAdd acquire', 'fetchAdd release', 'fence acquire', 'fence release'];
const rc11Accesses = ['read', 'write', 'load', 'store', 'loadAcquire', 'storeRelease', 'fetchAdd', 'mb', ...c11Orders];
// Mostly plain accesses behind a guard: without one, nearly every program has a race.
const guarded = ['read if', 'write if', 'read if loaded', 'write if loaded'];
const allAccesses = [
  ...guarded,
  ...guarded,
  'load',
  'store',
  'loadAcquire',
  'storeRelease',
  'storeRelease',
  'fetchAdd',
  'mb',
  'wmb',
  'locked',
  'read',
  ...c11Orders,
];

const STEPS_MAX = 1000;
const limits = { ...noLimits, executions: 400 };
const noObserver: Observer = { start: () => undefined, step: () => undefined, back: () => {} };
const checkerAtEnd = (end: PropertyChecker['atEnd']): PropertyChecker => ({
  atEnd: end,
  key: () => '',
  resultsMatter: false,
  sees: () => true,
});
const withRaceCheck = (program: Program): Execution => {
  const execution = createExecution('rc11', program, STEPS_MAX);
  execution.observer = noObserver;
  return execution;
};

test('an execution has a race if and only if RC11 says so', () =>
  fc.assert(
    fc.property(drawnThreads(rc11Accesses), (threads) => {
      const program = programOf(threads);
      const free = createExecution('rc11', program, STEPS_MAX);
      const schedules: { readonly choices: number[]; readonly races: boolean }[] = [];
      const judge = checkerAtEnd(() => {
        schedules.push({ choices: free.choices(), races: hasRace(traceOf(free)) });
        return undefined;
      });
      depthFirstSearch(free, judge, limits);
      const execution = withRaceCheck(program);
      const wrong = schedules.filter(({ choices, races }) => {
        execution.reset();
        const stop = execution.run(new StrictReplayScheduler(choices));
        return races !== (stop.kind === 'violated' && stop.violation.category === 'data-race');
      });
      expect(wrong).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 2), seed },
  ));

test('a search of states finds a race if and only if some execution has one', () =>
  fc.assert(
    fc.property(drawnThreads(allAccesses), (threads) => {
      const found = (withStates: boolean): boolean | undefined => {
        const execution = withRaceCheck(programOf(threads));
        const judge = checkerAtEnd((stop) => (stop.kind === 'violated' ? stop.violation : undefined));
        const options = withStates ? { states: new StateCache(execution, judge) } : {};
        const { violation, limit } = depthFirstSearch(execution, judge, { ...noLimits, executions: 20_000 }, options);
        return limit === undefined || violation !== undefined ? violation !== undefined : undefined;
      };
      const every = found(false);
      if (every !== undefined) expect(found(true)).toBe(every);
    }),
    { numRuns: programs, seed },
  ));
