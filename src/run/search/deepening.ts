import { Deadline, type Limits } from '../../explore/limits.ts';
import { usualLoopRules } from '../../memory/loopRules.ts';
import type { Search, Searched } from './searchSpec.ts';

/** A search that is to be made, and its limits. */
export interface SearchRequest {
  readonly search: Search;
  readonly limits: Limits;
}

/**
 * A search, and where a loop that was taken for one without a state turns out to have one, the same search without such loops. Yields the searches to make,
 * and wants what came of each.
 */
export function* withoutRefuted(search: Search, limits: Limits): Generator<SearchRequest, Searched, Searched> {
  const deadline = new Deadline(limits.seconds);
  const result = yield* deepening(search, limits);
  if (!result.isRefuted) return result;
  const loopRules = { ...(search.loopRules ?? usualLoopRules), byComparison: false };
  return yield* deepening({ ...search, loopRules }, { ...limits, seconds: limits.seconds - deadline.seconds });
}

/** Steps of one execution that are tried first: most programs need fewer. */
const USUAL = [1_000, 10_000];
/** The first bound of a program with executions that are longer. */
const SHALLOW = 16;

/**
 * An exhaustive search, where executions may be long or without end. It is made as if all were short; if one is not, it is made again with a bound on
 * the steps of an execution that doubles each time, so that what can be found in few steps is found however deep the others go (iterative deepening). Yields
 * the searches to make, and wants what came of each. The limit of time is for all of them together.
 */
function* deepening(search: Search, limits: Limits): Generator<SearchRequest, Searched, Searched> {
  if (search.scheduler !== 'exhaustive') return yield { search, limits };
  const deadline = new Deadline(limits.seconds);
  let missing: readonly string[] | undefined;
  const told = (result: Searched): Searched =>
    result.isTime ? { ...result, limit: `${limits.seconds} seconds` } : result;
  const reach = (result: Searched): Searched => {
    missing = (missing ?? result.missing).filter((claim) => result.missing.includes(claim));
    return { ...result, missing };
  };
  const request = (stepsMax: number, cuts?: number, reduction = search.reduction): SearchRequest => ({
    search: { ...search, stepsMax, reduction },
    limits: { ...limits, seconds: limits.seconds - deadline.seconds, ...(cuts !== undefined && { cuts }) },
  });
  for (const stepsMax of USUAL) {
    const result = yield request(Math.min(stepsMax, search.stepsMax), 1);
    if (result.isRefuted || result.cut === 0 || result.violation !== undefined) return told(result);
    if (result.isOver && result.cutBy === undefined) return result;
    if (stepsMax >= search.stepsMax) break;
  }
  // Of executions that are cut short, a search of classes does not know what would have raced.
  const shallow = search.reduction === 'optimal' ? 'states' : search.reduction;
  let completeTo = 0;
  for (let stepsMax = SHALLOW; ; stepsMax *= 2) {
    const most = Math.min(stepsMax, search.stepsMax);
    const result = reach(yield request(most, undefined, shallow));
    if (
      result.cut === 0 &&
      result.limit === undefined &&
      result.violation === undefined &&
      shallow !== search.reduction
    )
      return told(yield request(search.stepsMax));
    if (!result.isTime) completeTo = Math.min(stepsMax, search.stepsMax);
    if (
      result.isRefuted ||
      result.violation !== undefined ||
      result.cut === 0 ||
      result.isTime ||
      stepsMax >= search.stepsMax
    )
      return { ...told(result), completeTo };
  }
}
