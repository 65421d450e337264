import { noLimits } from '../../explore/limits.ts';
import { contextSwitches } from '../../explore/schedule.ts';
import { depthFirstSearch } from '../../explore/search/dfs.ts';
import { StateCache } from '../../explore/states/stateCache.ts';
import type { OpenedScenario } from '../../scenario/scenarioRef.ts';
import { scMemory } from '../createRun.ts';
import { type Failure, reproducedFailure } from '../failure.ts';
import { createAttempt } from './attempt.ts';
import type { Budget } from './budget.ts';
import { mergeRuns } from './mergeRuns.ts';

/** Memory for the states of one bounded search: some hundred thousand states. */
const STATES_BYTES = 1 << 26;
/** The same where steps are limited: some ten thousand states. */
const STEP_LIMITED_STATES_BYTES = 1 << 23;

/**
 * The failure with the fewest context switches: the first that a search finds whose bound grows
 * from zero.
 *
 * @returns `isFewest`: whether no failure has fewer context switches. It is false if the budget or
 * the memory was too small to know.
 */
export function fewestSwitches(failure: Failure, budget: Budget): { best: Failure; isFewest: boolean } {
  let best = mergeRuns(failure, budget);
  for (let switches = 0; switches < contextSwitches(best.schedule); switches++) {
    const { failure: found, isExhaustive } = searchWithinSwitches(failure, failure, switches, budget);
    if (found !== undefined) best = found;
    if (found !== undefined || !isExhaustive) return { best, isFewest: isExhaustive };
  }
  return { best, isFewest: true };
}

/**
 * Searches a scenario for the violation of `failure` with at most `switches` context switches.
 *
 * @returns `isExhaustive`: whether there is none if none was found.
 */
export function searchWithinSwitches(
  opened: OpenedScenario,
  failure: Failure,
  switches: number,
  budget: Budget,
): { readonly failure: Failure | undefined; readonly isExhaustive: boolean } {
  if (budget.isSpent) return { failure: undefined, isExhaustive: false };
  const run = createAttempt(opened, failure);
  const { execution, checker } = run;
  const bytes = budget.limitsSteps ? STEP_LIMITED_STATES_BYTES : STATES_BYTES;
  const { violation, limit, steps } = depthFirstSearch(
    execution,
    checker,
    { ...noLimits, cuts: 1, seconds: budget.secondsLeft, bytes },
    {
      states: new StateCache(execution, checker, true),
      bound: { kind: 'switches', max: switches },
      property: failure.property,
    },
  );
  budget.spend(steps);
  const found = violation === undefined ? undefined : reproducedFailure(run, opened, failure, violation);
  return { failure: found, isExhaustive: limit === undefined };
}

/**
 * Whether a violation is seen under `sc` without tearing, with as many context switches as
 * `failure` has.
 */
export function failsUnderSc(opened: OpenedScenario, failure: Failure, budget: Budget): boolean {
  const switches = contextSwitches(failure.schedule);
  return searchWithinSwitches(opened, { ...failure, ...scMemory }, switches, budget).failure !== undefined;
}
