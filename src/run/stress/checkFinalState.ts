import { memoryStateView } from '../../check/memoryStateView.ts';
import type { Scenario } from '../../check/scenario.ts';
import type { Violation } from '../../explore/execution/violation.ts';
import type { CallRecord } from './stressWorker.ts';

/**
 * Checks `always` and `finally` at the end of a run.
 *
 * @param calls by thread.
 */
export function checkFinalState(
  { properties }: Scenario,
  memory: SharedArrayBuffer,
  calls: readonly (readonly CallRecord[])[],
): Violation[] {
  const view = memoryStateView(
    memory,
    calls.map((records) => records.map(({ result }) => result)),
  );
  const violations: Violation[] = [];
  for (const [property, holds] of Object.entries(properties.always)) {
    if (!holds(view)) violations.push({ property, message: 'does not hold at the end' });
  }
  for (const [property, holds] of Object.entries(properties.finally)) {
    const seen = holds(view);
    if (seen !== true) violations.push({ property, message: seen === false ? 'does not hold at the end' : seen });
  }
  return violations;
}
