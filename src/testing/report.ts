import type { Scenario } from '../check/scenario.ts';
import { formatFinding } from '../report/text/formatFinding.ts';
import type { ExploreReport, WrittenFinding } from '../run/exploreReport.ts';
import { omitOperations } from '../scenario/omittedOperations.ts';
import { openScenario, type ScenarioRef } from '../scenario/scenarioRef.ts';

/** The result of `explore`. `text` describes the findings as the command line does. */
export type Report = Omit<ExploreReport, 'scheduler'> & {
  readonly scheduler: ExploreReport['scheduler'] | 'replay';
  readonly text: string;
};

/** The findings as text. @param what the scenario that was explored. */
export async function findingsText(what: ScenarioRef | Scenario, findings: readonly WrittenFinding[]): Promise<string> {
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
