import type { MemoryModelName } from '../explore/memoryModels/registry.ts';
import { searchHere } from '../run/search/search.ts';
import type { SearchSpec } from '../run/search/searchSpec.ts';
import { litmusScenario } from './scenario.ts';
import type { LitmusTest, Verdict } from './syntax.ts';

/** `verdict` is null if the exploration was not complete; `why` says what ended it. */
export interface Decision {
  readonly verdict: Verdict | null;
  readonly why: string | null;
  readonly states: number;
  /** Whether a consistent execution has a data race; undefined: not looked for. */
  readonly races?: boolean;
}

/**
 * Decides a test by exploring all its states. As in herd, the verdict is about final states that
 * pass the filter; executions that do not end are ignored.
 */
export function decideTest(test: LitmusTest, model: MemoryModelName, seconds: number): Decision {
  let [has, hasNot] = [0, 0];
  const scenario = litmusScenario(test, (passes, holds) => {
    if (passes && holds) has++;
    else if (passes) hasNot++;
  });
  const limits = { executions: Infinity, seconds, bytes: 2 ** 30 };
  const { violation, limit, cut, states } = searchHere(scenario, searchOf(model), limits);
  const why = violation !== undefined ? `${violation.property}: ${violation.message}` : (limit?.text ?? null);
  if (why !== null || cut > 0) return { verdict: null, why: why ?? 'an execution was cut short', states };
  return {
    verdict: has + hasNot === 0 ? 'DEADLOCK' : has === 0 ? 'Never' : hasNot === 0 ? 'Always' : 'Sometimes',
    why,
    states,
  };
}

function searchOf(memoryModel: MemoryModelName): SearchSpec {
  return {
    ...{ memoryModel, tearing: false, scheduler: 'exhaustive', reduction: 'states' },
    ...{ seed: 1, depth: 1, stepsMax: 100_000 },
  };
}
