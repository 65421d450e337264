import { isStopRequested } from '../process/stopRequest.ts';
import type { ExploreReport } from '../run/exploreReport.ts';
import type { BuiltInScenario } from '../vm/builtInScenario.ts';
import {
  type CheckFinding,
  type CheckOptions,
  type CheckResult,
  checkScenario,
  checkSettings,
} from './checkScenario.ts';
import { guardScenario } from './guardScenario.ts';
import { progress } from './output.ts';

/**
 * Explores scenarios, in parallel if there are workers, until an interruption, or until
 * `stopAtUnknown`. Yields their results in their order. These do not depend on the number of
 * workers.
 *
 * @param documentOf the JSON document of the results so far, with the report of a scenario that was
 *   ended from outside; undefined: text is printed then.
 */
export async function* checkScenarios(
  scenarios: readonly BuiltInScenario[],
  options: CheckOptions,
  documentOf: ((results: readonly CheckResult[]) => unknown) | undefined,
): AsyncGenerator<CheckResult> {
  const threads = Math.min(options.workers ?? 1, scenarios.length);
  // Imported late, because one scenario needs no other thread.
  const pool =
    threads > 1
      ? new (await import('./parallel/scenarioPool.ts')).ScenarioPool(scenarios, options, threads)
      : undefined;
  const results: CheckResult[] = [];
  try {
    for (const [i, scenario] of scenarios.entries()) {
      progress(`${scenario.spec.name} …`);
      const ended = (report: ExploreReport) => ({ rounds: [{ report, ignored: [] }], findings: [], differences: [] });
      // Where it works otherwise in one scenario, it does in others: that is said once.
      const differs = results.some(({ differences }) => differences.length > 0);
      const result = await guardScenario(
        scenario.spec.name,
        { ...checkSettings(scenario, options), directory: options.dir },
        documentOf && ((report) => documentOf([...results, ended(report)])),
        (end) => (pool === undefined ? checkScenario(scenario, options, differs) : pool.result(i, differs, end)),
        pool !== undefined,
      );
      progress('');
      results.push(result);
      yield result;
      if (isStopRequested() || (options.stopAtUnknown && result.findings.some(isUnknown))) return;
    }
  } finally {
    await pool?.close();
  }
}

export const isUnknown = ({ known }: CheckFinding): boolean => !known;
export const lastReport = ({ rounds }: CheckResult): ExploreReport => rounds[rounds.length - 1].report;
/** The report of the last round, with the findings of all. */
export const verdictOf = (result: CheckResult): ExploreReport => ({ ...lastReport(result), findings: result.findings });
