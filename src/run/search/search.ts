import type { Scenario } from '../../check/scenario.ts';
import type { Limits } from '../../explore/limits.ts';
import { depthFirstSearch } from '../../explore/search/dfs.ts';
import { SearchProgress } from '../../explore/search/searchProgress.ts';
import { TraceCounter } from '../../explore/search/traceCounter.ts';
import { VisitedGraphs } from '../../explore/trust/visitedGraphs.ts';
import { type CheckedExecution, createRun, takenSchedule } from '../createRun.ts';
import { OUT_OF_TIME, withinTime } from '../withinTime.ts';
import { completedInOrder, createWorkCounter, runClaimedWork } from './completedWork.ts';
import { createBatchedSearch, createSearchWorker } from './createBatchedSearch.ts';
import { withoutRefutedLoops } from './deepening.ts';
import { findLivelockByTurns } from './livelock.ts';
import { batchedResult, emptyResult, oneRunResult } from './results.ts';
import type { ScenarioSearchResult, SearchSpec } from './searchSpec.ts';
import { searchStates } from './searchStates.ts';

/** Seconds beyond its limit after which a search is ended from outside. */
export const GRACE_SECONDS = 0.5;

/** Searches a scenario on this thread. Throws `BadInput` if the search does not apply to it. */
export function searchHere(scenario: Scenario, search: SearchSpec, limits: Limits): ScenarioSearchResult {
  const searches = withoutRefutedLoops(search, limits);
  let step = searches.next();
  while (!step.done) step = searches.next(searchOnce(scenario, step.value.search, step.value.limits));
  return step.value;
}

function searchOnce(scenario: Scenario, search: SearchSpec, limits: Limits): ScenarioSearchResult {
  const visitsStates = search.scheduler === 'exhaustive' && search.reduction === 'states';
  const run = createRun(scenario, search.stepsMax, search, [], search.loopRules);
  const result = withinTime(limits.seconds + GRACE_SECONDS, () =>
    visitsStates ? searchStates(scenario, search, limits, run) : searchInBatches(scenario, search, limits, run),
  );
  if (result === OUT_OF_TIME) return timedOutResult(run, limits);
  return result.cut > 0 && result.violation === undefined ? { ...result, ...findLivelockByTurns(run, limits) } : result;
}

/** The result of a search that was ended from outside. An operation may be stuck. */
function timedOutResult(run: CheckedExecution, limits: Limits): ScenarioSearchResult {
  const progress = new SearchProgress(limits);
  progress.timeOut();
  const violation = run.execution.threads.code.stuck();
  const result = { ...emptyResult(progress), missing: run.checker.missing };
  return violation === undefined ? result : { ...result, violation, schedule: takenSchedule(run), stop: 'crashed' };
}

function searchInBatches(
  scenario: Scenario,
  search: SearchSpec,
  limits: Limits,
  run: CheckedExecution,
): ScenarioSearchResult {
  if (search.scheduler !== 'exhaustive') {
    const livelock = findLivelockByTurns(run, limits);
    if (livelock !== undefined) return { ...emptyResult(new SearchProgress(limits)), ...livelock };
  }
  const batched = createBatchedSearch(run, search, limits);
  const worker = createSearchWorker(run, search, limits);
  const batches = batched.batches();
  for (let step = batches.next(); !step.done; ) {
    const completed = runClaimedWork(run, worker, step.value.now, createWorkCounter());
    step = batches.next(completedInOrder(completed).map(({ result }) => result));
  }
  if (batched.progress.limit?.kind === 'unsupported') return searchWithGraphCache(scenario, search, limits);
  return batchedResult(batched, run.checker.missing, search);
}

/**
 * The reduction `optimal` under `tso` and `weak` for programs that `trust` does not support. It
 * runs on one thread, and stores all execution graphs.
 */
export function searchWithGraphCache(scenario: Scenario, search: SearchSpec, limits: Limits): ScenarioSearchResult {
  const run = createRun(scenario, search.stepsMax, search, [], search.loopRules);
  const { execution, checker } = run;
  const classes = new TraceCounter(execution);
  execution.blockOnSpin = true;
  const states = new VisitedGraphs(execution);
  const result = depthFirstSearch(execution, checker, limits, { states, classes });
  const { seen, readsFrom, full } = classes;
  return {
    ...oneRunResult(run, result),
    states: 0,
    classes: seen.size,
    readsFrom: readsFrom.size,
    classesCut: full,
  };
}
