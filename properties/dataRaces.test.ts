import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Execution } from '../src/explore/execution/execution.ts';
import type { Observer } from '../src/explore/execution/observer.ts';
import { traceOf } from '../src/explore/execution/trace.ts';
import { noLimits } from '../src/explore/limits.ts';
import { createExecution } from '../src/explore/memoryModels/registry.ts';
import type { Operation, Program } from '../src/explore/program.ts';
import { StrictReplayScheduler } from '../src/explore/schedulers/replay.ts';
import type { Scheduler } from '../src/explore/schedulers/scheduler.ts';
import { depthFirstSearch } from '../src/explore/search/dfs.ts';
import type { PropertyChecker } from '../src/explore/search/searchProgress.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import { consistencyModelOf } from '../src/explore/trust/consistencyModel.ts';
import { trust } from '../src/explore/trust/trust.ts';
import { VisitedGraphs } from '../src/explore/trust/visitedGraphs.ts';
import { type FenceOrder, fenceKind, type RmwOrder } from '../src/memory/kinds.ts';
import { Layout } from '../src/memory/layout.ts';
import type { Memory } from '../src/memory/memory.ts';
import { hasRace } from './rc11Races.ts';
import { SameGraphScheduler } from './sameGraphScheduler.ts';

const seed = Number(process.env.GFNRING_SEED ?? 1);
const programs = Number(process.env.GFNRING_PROGRAMS ?? 40);

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
const NO_GRAPH = { events: [], rmwReads: [], lockWaits: [] };
const limits = { ...noLimits, executions: 400 };
const noObserver: Observer = { start: () => undefined, step: () => undefined, back: () => {} };
const checkerAtEnd = (end: PropertyChecker['atEnd']): PropertyChecker => ({
  atEnd: end,
  key: () => '',
  resultsMatter: false,
  sees: () => true,
});
const withRaceCheck = (program: Program, model: 'tso' | 'rc11'): Execution => {
  const execution = createExecution(model, program, STEPS_MAX);
  execution.observer = noObserver;
  return execution;
};

/** By thread, then by number of an access: the fences before it that are no steps under `tso`. */
function passedFences(threads: readonly (readonly (readonly Access[])[])[]): number[][][] {
  return threads.map((operations) => {
    const before: number[][] = [[]];
    for (const [what] of operations.flat())
      if (what.startsWith('fence ')) before.at(-1)!.push(fenceKind(what.slice(6) as FenceOrder));
      else before.push([]);
    return before;
  });
}

/** Calls `judge` at the end of each execution, without a race check. */
function forEachExecution(program: Program, model: 'tso' | 'rc11', judge: (execution: Execution) => void): void {
  const execution = createExecution(model, program, STEPS_MAX);
  const atEnd = checkerAtEnd(() => {
    judge(execution);
    return undefined;
  });
  depthFirstSearch(execution, atEnd, limits);
}

const isReported = (execution: Execution, scheduler: Scheduler): boolean => {
  execution.reset();
  const stop = execution.run(scheduler);
  return stop.kind === 'violated' && stop.violation.category === 'data-race';
};

test.each(['tso', 'rc11'] as const)('under %s, an execution has a race if and only if RC11 says so', (model) =>
  fc.assert(
    fc.property(drawnThreads(rc11Accesses), (threads) => {
      const program = programOf(threads);
      const fences = model === 'tso' ? passedFences(threads) : [];
      const schedules: { readonly choices: number[]; readonly races: boolean }[] = [];
      forEachExecution(program, model, (free) => {
        const races = hasRace(traceOf(free), (thread, nth) => fences[thread]?.[nth] ?? []);
        schedules.push({ choices: free.choices(), races });
      });
      const execution = withRaceCheck(program, model);
      const wrong = schedules.filter(
        ({ choices, races }) => races !== isReported(execution, new StrictReplayScheduler(choices)),
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 2), seed },
  ),
);

test('an execution of tso has the same races as an execution of rc11', () =>
  fc.assert(
    fc.property(drawnThreads(allAccesses), (threads) => {
      const program = programOf(threads);
      const [tso, rc11] = [withRaceCheck(program, 'tso'), withRaceCheck(program, 'rc11')];
      forEachExecution(program, 'tso', (free) => {
        const found = isReported(tso, new StrictReplayScheduler(free.choices()));
        const same = new SameGraphScheduler(free, rc11);
        expect([isReported(rc11, same), same.strayed]).toEqual([found, false]);
      });
    }),
    { numRuns: Math.ceil(programs / 4), seed },
  ));

test.each(['tso', 'rc11'] as const)('under %s, searches find a race if and only if some execution has one', (model) =>
  fc.assert(
    fc.property(drawnThreads(allAccesses), (threads) => {
      const program = programOf(threads);
      const found = (search: 'all' | 'states' | 'graphs' | 'visited graphs'): boolean | undefined => {
        const execution = withRaceCheck(program, model);
        const judge = checkerAtEnd((stop) => (stop.kind === 'violated' ? stop.violation : undefined));
        const limits = { ...noLimits, executions: 20_000 };
        const states = { states: new StateCache(execution, judge) };
        const graphs = { states: new VisitedGraphs(execution) };
        const { violation, limit } =
          search === 'graphs'
            ? trust(execution, judge, limits, consistencyModelOf(model, execution)!, undefined, NO_GRAPH)
            : depthFirstSearch(execution, judge, limits, search === 'states' ? states : search === 'all' ? {} : graphs);
        return limit === undefined || violation !== undefined ? violation !== undefined : undefined;
      };
      const every = found('all');
      if (every === undefined) return;
      for (const search of ['states', 'graphs', 'visited graphs'] as const)
        expect([search, found(search)]).toEqual([search, every]);
    }),
    { numRuns: programs, seed },
  ),
);
