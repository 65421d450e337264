import { LIVELOCK } from '../../check/checker.ts';
import type { Scenario } from '../../check/scenario.ts';
import type { Violation } from '../../explore/execution/violation.ts';
import { Deadline, type Limits } from '../../explore/limits.ts';
import { findFairCycle, type Lasso } from '../../explore/liveness/fairCycle.ts';
import { findRoundRobinCycle } from '../../explore/liveness/roundRobin.ts';
import { profileOf } from '../../explore/profile.ts';
import type { Program } from '../../explore/program.ts';
import { threadOf } from '../../explore/schedule.ts';
import { createScheduler, type RandomSchedulerName } from '../../explore/schedulers/registry.ts';
import type { Scheduler } from '../../explore/schedulers/scheduler.ts';
import { depthFirstSearch, type ScheduleBound } from '../../explore/search/dfs.ts';
import { comparedIn, LoopComparison } from '../../explore/search/loopComparison.ts';
import { SearchProgress, type SearchResult } from '../../explore/search/searchProgress.ts';
import { TRACES_MAX, TraceCounter } from '../../explore/search/traceCounter.ts';
import { StateCache } from '../../explore/states/stateCache.ts';
import { Symmetry } from '../../explore/symmetry.ts';
import { consistencyModelOf } from '../../explore/trust/consistencyModel.ts';
import { UNSUPPORTED_ACCESS } from '../../explore/trust/trust.ts';
import { VisitedGraphs } from '../../explore/trust/visitedGraphs.ts';
import { BatchedSearch } from '../../explore/work/batchedSearch.ts';
import { createWorkList, SearchWorker } from '../../explore/work/searchWorker.ts';
import { BadInput } from '../../input/badInput.ts';
import { usualLoopRules } from '../../memory/loopRules.ts';
import { type CheckedExecution, createRun, scheduleOf } from '../createRun.ts';
import { OUT_OF_TIME, withinTime } from '../withinTime.ts';
import { createWorkCounter, inOrder, runClaimedWork } from './completedWork.ts';
import { withoutRefuted } from './deepening.ts';
import type { Search, Searched } from './searchSpec.ts';

/** Searches a scenario on this thread. Throws `BadInput` where it cannot be searched like that. */
export function searchHere(scenario: Scenario, search: Search, limits: Limits): Searched {
  const searches = withoutRefuted(search, limits);
  let step = searches.next();
  while (!step.done) step = searches.next(searchOnce(scenario, step.value.search, step.value.limits));
  return step.value;
}

function searchOnce(scenario: Scenario, search: Search, limits: Limits): Searched {
  const isOfStates = search.scheduler === 'exhaustive' && search.reduction === 'states';
  const run = createRun(scenario, search.stepsMax, search, [], search.loopRules);
  const result = withinTime(limits.seconds + GRACE_SECONDS, () =>
    isOfStates ? searchStates(scenario, search, limits, run) : searchParts(scenario, search, limits, run),
  );
  if (result === OUT_OF_TIME) return stuckIn(run, limits);
  return result.cut > 0 && result.violation === undefined
    ? { ...result, ...livelockByTurns(run, scenario, limits) }
    : result;
}

/** What can be said where nothing came back in time. */
function stuckIn(run: CheckedExecution, limits: Limits): Searched {
  const tally = new SearchProgress(limits);
  tally.timeOut();
  const violation = run.execution.stuck();
  const nothing = { ...nothingSearched(tally), missing: run.checker.missing };
  return violation === undefined ? nothing : { ...nothing, violation, schedule: scheduleOf(run), stop: 'crashed' };
}

const nothingSearched = (tally: SearchProgress): Searched => ({
  ...tally.result,
  ...{ classes: null, readsFrom: null, classesCut: false, schedule: [], stop: undefined },
  ...{ missing: [], bounds: [], compared: [], isRefuted: false },
});

/** What a search may take beyond its time before it is ended from outside. */
export const GRACE_SECONDS = 0.5;

function searchParts(scenario: Scenario, search: Search, limits: Limits, run: CheckedExecution): Searched {
  if (search.scheduler !== 'exhaustive') {
    const found = livelockByTurns(run, scenario, limits);
    if (found !== undefined) {
      const tally = new SearchProgress(limits);
      return { ...nothingSearched(tally), ...found };
    }
  }
  const batched = createBatchedSearch(run, search, limits);
  const worker = createSearchWorker(run, search, limits);
  const all = batched.batches();
  for (let step = all.next(); !step.done; ) {
    const shares = runClaimedWork(run, worker, step.value.now, createWorkCounter());
    step = all.next(inOrder(shares).map(({ done }) => done));
  }
  if (batched.progress.limit === UNSUPPORTED_ACCESS) return searchWithGraphCache(scenario, search, limits);
  return toSearchResult(batched, run.checker.missing, search);
}

/** The search of states: the only one that cannot be done in parts. */
function searchStates(scenario: Scenario, search: Search, limits: Limits, plain: CheckedExecution): Searched {
  const { stepsMax, preemptions, symmetry } = search;
  const alike = symmetry === true ? symmetryOf(scenario, search) : undefined;
  const run = alike === undefined ? plain : createRun(scenario, stepsMax, search, alike.groups, search.loopRules);
  const { execution, checker } = run;
  const bound: ScheduleBound | undefined =
    preemptions === undefined ? undefined : { kind: 'preemptions', max: preemptions };
  const states = new StateCache(execution, checker, bound !== undefined, alike, limits.cuts === undefined);
  const deadline = new Deadline(limits.seconds);
  const result = depthFirstSearch(execution, checker, limits, { ...(bound && { bound }), states });
  const base = { ...cameTo(run, result), classes: null, readsFrom: null, classesCut: false };
  if (states.hasCycle && bound === undefined && result.violation === undefined && result.limit === undefined) {
    const seconds = limits.seconds - deadline.seconds;
    const found = searchLivelock(
      alike === undefined ? run : createRun(scenario, stepsMax, search, [], search.loopRules),
      {
        ...limits,
        seconds,
      },
    );
    if (found === null) base.limit = 'the search for livelocks took too long';
    else if (found !== undefined) return { ...base, ...found };
  }
  if (alike !== undefined && execution.threadMatters)
    throw new BadInput(`${scenario.name}: an operation asks for mem.thread, so its actors are not interchangeable`);
  return base;
}

/** Looks for a fair execution without end. Null: it is not known whether there is one. */
function searchLivelock({ execution, checker }: CheckedExecution, limits: Limits): Livelock | undefined | null {
  const lasso = findFairCycle(execution, new StateCache(execution, checker), limits);
  return lasso === undefined || lasso === null ? lasso : livelockOf(lasso, execution.program);
}

/** The same where not all states can be visited: finds some. */
function livelockByTurns(run: CheckedExecution, { program }: Scenario, limits: Limits): Livelock | undefined {
  const { execution, checker } = run;
  const { end } = new Deadline(Math.min(1, limits.seconds));
  const lasso = findRoundRobinCycle(execution, new StateCache(execution, checker), end);
  return lasso === undefined ? undefined : livelockOf(lasso, program);
}

type Livelock = Pick<Searched, 'violation' | 'schedule' | 'cycle' | 'stop'>;

function livelockOf({ prefix, cycle }: Lasso, program: Program): Livelock {
  const violation = livelock(program, cycle);
  return { violation, schedule: [...prefix, ...cycle], cycle: cycle.length, stop: 'livelock' };
}

/** What is said of an execution whose last steps, `cycle`, come again and again. */
export function livelock(program: Program, cycle: readonly number[]): Violation {
  const names = [...new Set(cycle.map((choice) => program.actors[threadOf(choice) % program.actors.length].name))];
  const message = `the last ${cycle.length === 1 ? 'step repeats' : `${cycle.length} steps repeat`} for ever: ${names.join(', ')}`;
  return { property: LIVELOCK, message };
}

/** What a search on one thread has come to, but for classes. */
function cameTo(
  run: CheckedExecution,
  { executions, blocked, cut, states, steps, violation, late, isTime, limit, isOver, cutBy }: SearchResult,
): Omit<Searched, 'classes' | 'readsFrom' | 'classesCut'> {
  return {
    ...{ executions, blocked, cut, states, steps, violation, late, isTime, limit, isOver, cutBy },
    schedule: violation === undefined ? [] : scheduleOf(run),
    stop: violation === undefined ? undefined : run.execution.stopped()?.kind,
    missing: run.checker.missing,
    bounds: [...run.execution.bounds],
    compared: comparedIn(run.execution),
    isRefuted: !new LoopComparison(run.execution).holds(),
  };
}

/** The reduction `optimal` under `tso` and `weak` of programs that `trust` does not support: on one thread, and with memory for all graphs. */
export function searchWithGraphCache(scenario: Scenario, search: Search, limits: Limits): Searched {
  const run = createRun(scenario, search.stepsMax, search, [], search.loopRules);
  const { execution, checker } = run;
  const classes = new TraceCounter(execution);
  execution.blockOnSpin = true;
  const states = new VisitedGraphs(execution);
  const result = depthFirstSearch(execution, checker, limits, { states, classes });
  const { seen, readsFrom, full } = classes;
  return { ...cameTo(run, result), states: 0, classes: seen.size, readsFrom: readsFrom.size, classesCut: full };
}

/** A search in batches. Each thread runs its items with a `createSearchWorker` of the same search. */
export function createBatchedSearch(
  { execution, checker }: CheckedExecution,
  search: Search,
  limits: Limits,
): BatchedSearch {
  const { scheduler, reduction, memoryModel } = search;
  const optimal = memoryModel === 'sc' ? 'optimalDpor' : 'trust';
  const kind = scheduler !== 'exhaustive' ? 'sampling' : reduction === 'optimal' ? optimal : 'dfs';
  return new BatchedSearch(createWorkList(kind, execution, checker), limits);
}

/** @param limits of time: for what schedulers want to know of a program beforehand. */
export function createSearchWorker(
  { execution, checker }: CheckedExecution,
  search: Search,
  { seconds }: Pick<Limits, 'seconds'>,
): SearchWorker {
  const { scheduler, preemptions, reduction, memoryModel, stepsMax } = search;
  const graphs =
    reduction === 'optimal' && memoryModel !== 'sc'
      ? consistencyModelOf(memoryModel, execution.program, stepsMax)
      : undefined;
  if (graphs !== undefined) graphs.graph.execution.loopRules = search.loopRules ?? usualLoopRules;
  if (graphs !== undefined && preemptions !== undefined)
    throw new BadInput(
      'optimal knows preemptions under sc alone: --reduction none or states knows them under tso and weak',
    );
  const options =
    scheduler === 'exhaustive'
      ? { preemptions, graphs }
      : { scheduler: drawing(execution, scheduler, search, seconds) };
  return new SearchWorker(execution, checker, new TraceCounter(execution), options);
}

/** The result of a search in batches, with the `sometimes` that never came true. */
export function toSearchResult(
  { progress, lastResult, classes, readsFrom, bounds, compared, isRefuted }: BatchedSearch,
  missing: readonly string[],
  { scheduler }: Search,
): Searched {
  if (scheduler === 'exhaustive') progress.complete();
  return {
    ...progress.result,
    classes: classes.size,
    readsFrom: readsFrom.size,
    classesCut: classes.size >= TRACES_MAX,
    schedule: lastResult?.schedule ?? [],
    stop: lastResult?.stop,
    missing,
    bounds: [...bounds],
    compared: [...compared],
    isRefuted,
  };
}

/** What draws executions. The same on every thread. */
function drawing(
  execution: CheckedExecution['execution'],
  name: RandomSchedulerName,
  { seed, depth }: Search,
  seconds: number,
): Scheduler {
  return createScheduler(name, seed, profileOf(execution, seed, seconds), depth);
}

function symmetryOf(scenario: Scenario, { memoryModel }: Search): Symmetry {
  if (memoryModel !== 'sc')
    throw new BadInput(`${scenario.name}: interchangeable actors are known under the memory model sc alone`);
  const symmetry = new Symmetry(scenario.program);
  if (symmetry.groups.length > 0) return symmetry;
  throw new BadInput(`${scenario.name}: no two actors have the same operations, so none are interchangeable`);
}
