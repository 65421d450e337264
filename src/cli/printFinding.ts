import { dirname } from 'node:path';
import { printableJson } from '../input/oneLine.ts';
import type { UnwrittenFile, WrittenFinding } from '../run/exploreReport.ts';
import { findingDocument } from '../run/finding.ts';
import { loadFinding } from '../run/resolveScenarioName.ts';
import { openScenario } from '../scenario/scenarioRef.ts';
import { UsageError } from './errors.ts';
import { print, printError } from './output.ts';

/** @param catalogue number and title of the known defect, if it is one. */
export async function printFinding(
  finding: WrittenFinding & { readonly catalogue?: string | null; readonly title?: string | null },
  withSources = false,
): Promise<void> {
  // Imported late: most runs find nothing.
  const { formatFinding } = await import('../report/text/formatFinding.ts');
  const scenario = await openScenario(finding.scenario);
  const file = finding.file ?? finding.unwritten?.file ?? null;
  for (const line of formatFinding({ ...finding, file }, scenario, withSources)) print(line);
  if (finding.unwritten) printUnwritten(finding, finding.unwritten);
  if (!finding.catalogue) return;
  print(`  known as ${finding.catalogue}: ${finding.title}`);
  print();
}

/** The document of a finding without a file, to be saved by hand. */
function printUnwritten({ file: _, unwritten: __, ...finding }: WrittenFinding, { file, why }: UnwrittenFile): void {
  print(`  ${file} is not written: ${why}. This is its content:`);
  print();
  for (const line of printableJson(findingDocument(dirname(file), finding).text).split('\n')) print(line);
}

/** Says on stderr which findings have no file. They are printed on stdout. */
export function warnOfUnwritten(findings: readonly WrittenFinding[]): void {
  for (const { unwritten } of findings)
    if (unwritten !== undefined) printError(`gfnring: the finding ${unwritten.file} is not written: ${unwritten.why}`);
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
