import type { Scenario } from '../check/scenario.ts';
import { formatFinding } from '../report/text/formatFinding.ts';
import type { ExploreReport, WrittenFinding } from '../run/exploreReport.ts';
import { omitOperations } from '../scenario/omittedOperations.ts';
import { openScenario, type ScenarioRef } from '../scenario/scenarioRef.ts';
import { summaryOf } from './summary.ts';

/**
 * The result of `explore`. `text` describes the findings as the command line does, and `summary`
 * the result in one line. `testTimeout` is the timeout of the test in seconds, if the search ended
 * for it; else null.
 */
export type Report = Omit<ExploreReport, 'scheduler'> & {
  readonly scheduler: ExploreReport['scheduler'] | 'replay';
  readonly text: string;
  readonly summary: string;
  readonly testTimeout: number | null;
};

/** Completes a report with its texts. @param what the scenario that was explored. */
export async function describedReport(
  report: Omit<Report, 'text' | 'summary'>,
  what: ScenarioRef | Scenario,
): Promise<Report> {
  return { ...report, text: await findingsText(what, report.findings), summary: summaryOf(report) };
}

/** The findings as text. @param what the scenario that was explored. */
async function findingsText(what: ScenarioRef | Scenario, findings: readonly WrittenFinding[]): Promise<string> {
  const texts = findings.map(async (finding) => {
    const { scenario: source } = finding;
    const scenario =
      'program' in what
        ? omitOperations(what, ('skipped' in source && source.skipped) || [])
        : await openScenario(source);
    return formatFinding(finding, scenario).join('\n');
  });
  return (await Promise.all(texts)).join('\n');
}
