import type { WrittenFinding } from '../run/exploreReport.ts';
import { loadFinding } from '../run/resolveScenarioName.ts';
import { openScenario } from '../scenario/scenarioRef.ts';
import { UsageError } from './errors.ts';
import { print } from './output.ts';

/** @param catalogue number and title of the known defect, if it is one. */
export async function printFinding(
  finding: WrittenFinding & { readonly catalogue?: string | null; readonly title?: string | null },
  withSources = false,
): Promise<void> {
  // Imported late: most runs find nothing.
  const { formatFinding } = await import('../report/text/formatFinding.ts');
  for (const line of formatFinding(finding, await openScenario(finding.scenario), withSources)) print(line);
  if (finding.catalogue) print(`  known as ${finding.catalogue}: ${finding.title}\n`);
}

/**
 * Reads a finding and its schedule. Throws `UsageError` if it has no schedule: then it says that no
 * execution reached a claim.
 */
export function loadScheduledFinding(file: string): ReturnType<typeof loadFinding> {
  const finding = loadFinding(file);
  if (finding.order.length > 0) return finding;
  throw new UsageError(`${file} has no schedule to run: search again with 'gfnring explore ${file}'`);
}
