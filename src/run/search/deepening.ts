import { Deadline, type Limits } from '../../explore/limits.ts';
import { usualLoopRules } from '../../memory/loopRules.ts';
import { isStopRequested } from '../../process/stopRequest.ts';
import type { ScenarioSearchResult, SearchSpec } from './searchSpec.ts';

/** A search to be run, with its limits. */
export interface SearchRequest {
  readonly search: SearchSpec;
  readonly limits: Limits;
}

/**
 * Yields searches to be run. The caller sends back the result of each. Returns the result of all.
 */
type SearchSequence = Generator<SearchRequest, ScenarioSearchResult, ScenarioSearchResult>;

/**
 * A search. If a loop was taken for stateless and turns out to have a state, the search is repeated
 * without this assumption.
 */
export function* withoutRefutedLoops(search: SearchSpec, limits: Limits): SearchSequence {
  const deadline = new Deadline(limits.seconds);
  const result = yield* deepening(search, limits);
  if (!result.isRefuted) return result;
  const loopRules = { ...(search.loopRules ?? usualLoopRules), byComparison: false };
  return yield* deepening({ ...search, loopRules }, { ...limits, seconds: limits.seconds - deadline.seconds });
}

/** Limits of steps of one execution that are tried first. Most programs need fewer steps. */
const USUAL = [1_000, 10_000];
/** The first limit of a program with longer executions. */
const SHALLOW = 16;

/**
 * An exhaustive search whose executions may be long or endless. It first assumes that all are
 * short. If one is not, it limits the steps of an execution and doubles the limit each time
 * (iterative deepening). So a violation within few steps is found, however deep other executions
 * go.
 */
function* deepening(search: SearchSpec, limits: Limits): SearchSequence {
  if (search.scheduler !== 'exhaustive') return yield { search, limits };
  const deadline = new Deadline(limits.seconds);
  const request = (stepsMax: number, cuts?: number, reduction = search.reduction): SearchRequest => ({
    search: { ...search, stepsMax, reduction },
    limits: { ...limits, seconds: limits.seconds - deadline.seconds, ...(cuts !== undefined && { cuts }) },
  });
  // The limit of time is for all searches together.
  const withWholeTime = (result: ScenarioSearchResult): ScenarioSearchResult =>
    result.limit?.kind === 'time' && !isStopRequested()
      ? { ...result, limit: { kind: 'time', text: `${limits.seconds} seconds` } }
      : result;
  for (const stepsMax of USUAL) {
    const result = yield request(Math.min(stepsMax, search.stepsMax), 1);
    if (result.isRefuted || result.cut === 0 || result.violation !== undefined) return withWholeTime(result);
    if (result.isOver && result.cutBy === undefined) return result;
    if (stepsMax >= search.stepsMax) break;
  }
  // A search of classes cannot know which steps would race behind the end of a cut execution.
  const reduction = search.reduction === 'optimal' ? 'states' : search.reduction;
  let missing: readonly string[] | undefined;
  let completeTo = 0;
  for (let stepsMax = SHALLOW; ; stepsMax *= 2) {
    const found = yield request(Math.min(stepsMax, search.stepsMax), undefined, reduction);
    missing = (missing ?? found.missing).filter((claim) => found.missing.includes(claim));
    const result = { ...found, missing };
    const isDone = result.cut === 0 && result.limit === undefined && result.violation === undefined;
    if (isDone && reduction !== search.reduction) return withWholeTime(yield request(search.stepsMax));
    if (result.limit?.kind !== 'time') completeTo = Math.min(stepsMax, search.stepsMax);
    const isLast = result.cut === 0 || result.limit?.kind === 'time' || stepsMax >= search.stepsMax;
    if (isLast || result.isRefuted || result.violation !== undefined) return { ...withWholeTime(result), completeTo };
  }
}
