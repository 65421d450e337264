import type { BatchedSearch } from '../../explore/parallel/batchedSearch.ts';
import { comparedLoops, LoopComparison } from '../../explore/search/loopComparison.ts';
import type { SearchProgress, SearchResult } from '../../explore/search/searchProgress.ts';
import { TRACES_MAX } from '../../explore/search/traceCounter.ts';
import { type CheckedExecution, takenSchedule } from '../createRun.ts';
import type { ScenarioSearchResult, SearchSpec } from './searchSpec.ts';

/** The result of a search that has run no execution. */
export const emptyResult = (progress: SearchProgress): ScenarioSearchResult => ({
  ...progress.result,
  ...{ classes: null, readsFrom: null, classesCut: false, schedule: [], stop: undefined },
  ...{ missing: [], bounds: [], compared: [], isRefuted: false },
});

/** The result of a search on one run. It does not count classes. */
export function oneRunResult(
  run: CheckedExecution,
  { executions, blocked, cut, states, steps, violation, late, limit, isOver, cutBy }: SearchResult,
): ScenarioSearchResult {
  return {
    ...{ executions, blocked, cut, states, steps, violation, late, limit, isOver, cutBy },
    ...{ classes: null, readsFrom: null, classesCut: false },
    schedule: violation === undefined ? [] : takenSchedule(run),
    stop: violation === undefined ? undefined : run.execution.stopped()?.kind,
    missing: run.checker.missing,
    bounds: [...run.execution.threads.bounds],
    compared: comparedLoops(run.execution),
    isRefuted: !new LoopComparison(run.execution).holds(),
  };
}

/** The result of a search in batches. @param missing the `sometimes` that never came true. */
export function batchedResult(
  { progress, lastResult, classes, readsFrom, bounds, compared, isRefuted }: BatchedSearch,
  missing: readonly string[],
  { scheduler }: SearchSpec,
): ScenarioSearchResult {
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
