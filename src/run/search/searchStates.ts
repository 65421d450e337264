import type { Scenario } from '../../check/scenario.ts';
import { Deadline, type Limits } from '../../explore/limits.ts';
import { memoryModels } from '../../explore/memoryModels/registry.ts';
import { depthFirstSearch, type ScheduleBound } from '../../explore/search/dfs.ts';
import { StateCache } from '../../explore/states/stateCache.ts';
import { Symmetry } from '../../explore/symmetry.ts';
import { BadInput } from '../../input/badInput.ts';
import { type CheckedExecution, createRun } from '../createRun.ts';
import { searchLivelock } from './livelock.ts';
import { oneRunResult } from './results.ts';
import type { ScenarioSearchResult, SearchSpec } from './searchSpec.ts';

/**
 * Depth-first search that visits each state once, and then looks for livelocks among the states.
 * The only search that cannot be done in batches. Throws `BadInput` if symmetry does not apply.
 *
 * @param run is used unless the search uses symmetry.
 */
export function searchStates(
  scenario: Scenario,
  search: SearchSpec,
  limits: Limits,
  run: CheckedExecution,
): ScenarioSearchResult {
  const symmetry = search.symmetry === true ? symmetryOf(scenario, search) : undefined;
  const symmetric =
    symmetry === undefined ? run : createRun(scenario, search.stepsMax, search, symmetry.groups, search.loopRules);
  const deadline = new Deadline(limits.seconds);
  const { result, hasCycle } = visitStates(symmetric, search, limits, symmetry);
  const isComplete = result.violation === undefined && result.limit === undefined;
  if (hasCycle && search.preemptions === undefined && isComplete) {
    // Threads that share their numbers cannot be told apart in a cycle, so it uses a run of its
    // own.
    const plain = symmetry === undefined ? run : createRun(scenario, search.stepsMax, search, [], search.loopRules);
    const livelock = searchLivelock(plain, { ...limits, seconds: limits.seconds - deadline.seconds });
    if (livelock === null) result.limit = { kind: 'livelocks', text: 'the search for livelocks took too long' };
    else if (livelock !== undefined) return { ...result, ...livelock };
  }
  if (symmetry !== undefined && symmetric.execution.threads.code.threadMatters)
    throw new BadInput(`${scenario.name}: an operation asks for mem.thread, so its actors are not interchangeable`);
  return result;
}

function visitStates(
  run: CheckedExecution,
  { preemptions }: SearchSpec,
  limits: Limits,
  symmetry: Symmetry | undefined,
): { result: ScenarioSearchResult; hasCycle: boolean } {
  const { execution, checker } = run;
  const bound: ScheduleBound | undefined =
    preemptions === undefined ? undefined : { kind: 'preemptions', max: preemptions };
  const states = new StateCache(execution, checker, bound !== undefined, symmetry, limits.cuts === undefined);
  const found = depthFirstSearch(execution, checker, limits, { ...(bound && { bound }), states });
  return { result: oneRunResult(run, found), hasCycle: states.hasCycle };
}

function symmetryOf(scenario: Scenario, { memoryModel }: SearchSpec): Symmetry {
  if (!memoryModels[memoryModel].isSequentiallyConsistent)
    throw new BadInput(`${scenario.name}: interchangeable actors are known under the memory model sc alone`);
  const symmetry = new Symmetry(scenario.program);
  if (symmetry.groups.length > 0) return symmetry;
  throw new BadInput(`${scenario.name}: no two actors have the same operations, so none are interchangeable`);
}
