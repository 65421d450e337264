import { SCHEMA } from '../input/schema.ts';
import type { ExploreReport } from './exploreReport.ts';
import type { ExploreOptions } from './exploreScenario.ts';

/**
 * The report of an exploration that was ended from outside: nothing is known.
 *
 * @param limit why it was ended.
 */
export function undecidedReport(
  scenario: string,
  { memoryModel, tearing, scheduler, reduction, preemptions, symmetry, workers, seed }: ExploreOptions,
  limit: string,
): ExploreReport {
  const exhaustive = scheduler === 'exhaustive';
  return {
    schema: SCHEMA,
    ...{ scenario, memoryModel, tearing, scheduler, reduction: exhaustive ? reduction : 'none' },
    ...{ preemptions: preemptions ?? null, symmetry: symmetry ?? false, workers, seed },
    ...{ outcome: 'limit', limit, completeTo: null, loop: null, assumptions: [], unreached: [], exhausted: false },
    ...{ executions: 0, cut: 0, blocked: 0, classes: null, readsFrom: null, classesCut: false, states: 0, steps: 0 },
    ...{ seconds: null, findings: [] },
  };
}
