import type { Scenario } from '../../check/scenario.ts';
import type { Violation } from '../../explore/execution/violation.ts';
import { Deadline, type Limits } from '../../explore/limits.ts';
import { memoryModels } from '../../explore/memoryModels/registry.ts';
import { StrictReplayScheduler } from '../../explore/schedulers/replay.ts';
import { depthFirstSearch } from '../../explore/search/dfs.ts';
import { SearchProgress } from '../../explore/search/searchProgress.ts';
import { TraceCounter } from '../../explore/search/traceCounter.ts';
import { VisitedGraphs } from '../../explore/trust/visitedGraphs.ts';
import { usualLoopRules } from '../../memory/loopRules.ts';
import { extendGuards } from '../../process/supervision.ts';
import { takeRunningProperty } from '../../scenario/runningProperty.ts';
import { type CheckedExecution, createRun, runOnce, stuckViolation, takenSchedule } from '../createRun.ts';
import { OUT_OF_TIME, withinTime } from '../withinTime.ts';
import { completedInOrder, createWorkCounter, runClaimedWork } from './completedWork.ts';
import { createBatchedSearch, createSearchWorker } from './createBatchedSearch.ts';
import { withoutRefutedLoops } from './deepening.ts';
import { findLivelockByTurns } from './livelock.ts';
import { batchedResult, emptyResult, oneRunResult } from './results.ts';
import type { ScenarioSearchResult, SearchSpec } from './searchSpec.ts';
import { searchStates } from './searchStates.ts';

/** Seconds beyond its limit after which a search is ended from outside. */
export const GRACE_SECONDS = 0.2;
/**
 * Limits of the time to see whether an operation is stuck. The next one counts if the execution did
 * not come as far as the first one: the machine is busy then.
 */
const CONFIRM_SECONDS = [0.3, 1];

/** Searches a scenario on this thread. Throws `BadInput` if the search does not apply to it. */
export function searchHere(scenario: Scenario, search: SearchSpec, limits: Limits): ScenarioSearchResult {
  const searches = withoutRefutedLoops(search, limits);
  let step = searches.next();
  while (!step.done) step = searches.next(searchOnce(scenario, step.value.search, step.value.limits));
  return step.value;
}

function searchOnce(scenario: Scenario, search: SearchSpec, limits: Limits): ScenarioSearchResult {
  const isGraphSearch = memoryModels[search.memoryModel].searchGraphs !== undefined;
  const visitsStates = search.scheduler === 'exhaustive' && search.reduction === 'states';
  const create = (): CheckedExecution => createRun(scenario, search.stepsMax, search, [], search.loopRules);
  const run = create();
  const deadline = new Deadline(limits.seconds);
  const result = withinTime(limits.seconds + GRACE_SECONDS, () =>
    isGraphSearch
      ? searchOnlyGraphs(search, limits, run)
      : visitsStates
        ? searchStates(scenario, search, limits, run)
        : searchInBatches(scenario, search, limits, run, deadline),
  );
  if (result === OUT_OF_TIME) return timedOutResult(run, create, limits);
  if (result.cut === 0 || result.violation !== undefined || isGraphSearch) return result;
  return { ...result, ...findLivelockByTurns(run, deadline.secondsLeft) };
}

/** The result of a search that was ended from outside. An operation may be stuck. */
function timedOutResult(run: CheckedExecution, create: () => CheckedExecution, limits: Limits): ScenarioSearchResult {
  const progress = new SearchProgress(limits);
  progress.timeOut();
  const schedule = takenSchedule(run);
  const running = takeRunningProperty();
  const violation = findStuckOperation(run, create, schedule);
  const result = { ...emptyResult(progress), missing: run.checker.missing, running };
  return violation === undefined ? result : { ...result, violation, schedule, stop: 'crashed' };
}

/**
 * An operation that was running may only be slow, or may have been about to return. It is stuck if
 * it runs again in another execution of the same schedule, and comes no further.
 */
function findStuckOperation(
  run: CheckedExecution,
  create: () => CheckedExecution,
  schedule: readonly number[],
): Violation | undefined {
  const before = run.execution.threads.code.interrupted();
  if (before === undefined) return undefined;
  for (const seconds of CONFIRM_SECONDS) {
    const again = create();
    extendGuards(seconds);
    const result = withinTime(seconds, () => runOnce(again, new StrictReplayScheduler(schedule)));
    if (result !== OUT_OF_TIME) return undefined;
    const after = again.execution.threads.code.interrupted();
    if (after?.label === before.label && after.accesses === before.accesses) return stuckViolation(before.label);
  }
  return undefined;
}

function searchInBatches(
  scenario: Scenario,
  search: SearchSpec,
  limits: Limits,
  run: CheckedExecution,
  deadline: Deadline,
): ScenarioSearchResult {
  const batched = createBatchedSearch(run, search, limits);
  if (search.scheduler !== 'exhaustive') {
    const livelock = findLivelockByTurns(run, deadline.secondsLeft);
    if (livelock !== undefined) return { ...emptyResult(new SearchProgress(limits)), ...livelock };
  }
  const worker = createSearchWorker(run, search, deadline.secondsLeft);
  const batches = batched.batches();
  for (let step = batches.next(); !step.done; ) {
    const completed = runClaimedWork(run, worker, step.value.now, createWorkCounter());
    step = batches.next(completedInOrder(completed).map(({ result }) => result));
  }
  if (batched.progress.limit?.kind === 'unsupported') return searchWithGraphCache(scenario, search, limits);
  return batchedResult(batched, run.checker.missing, search);
}

/** The search of a memory model that has only one. */
function searchOnlyGraphs(search: SearchSpec, limits: Limits, run: CheckedExecution): ScenarioSearchResult {
  const { execution, checker } = run;
  const { stepsMax, loopRules = usualLoopRules } = search;
  const classes = new TraceCounter(execution);
  const { searchGraphs } = memoryModels[search.memoryModel];
  const result = searchGraphs!(execution, checker, limits, { stepsMax, loopRules, classes });
  return withClasses(oneRunResult(run, result), classes);
}

/**
 * The reduction `optimal` under `tso` and `rc11` for programs that `trust` does not support. It
 * runs on one thread, and stores all execution graphs.
 */
export function searchWithGraphCache(scenario: Scenario, search: SearchSpec, limits: Limits): ScenarioSearchResult {
  const run = createRun(scenario, search.stepsMax, search, [], search.loopRules);
  const { execution, checker } = run;
  const classes = new TraceCounter(execution);
  execution.blockOnSpin = true;
  const states = new VisitedGraphs(execution);
  const result = depthFirstSearch(execution, checker, limits, { states, classes });
  return withClasses(oneRunResult(run, result), classes);
}

const withClasses = (result: ScenarioSearchResult, { seen, readsFrom, full }: TraceCounter): ScenarioSearchResult => ({
  ...result,
  states: 0,
  classes: seen.size,
  readsFrom: readsFrom.size,
  classesCut: full,
});
