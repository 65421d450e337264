import { formatCounts } from '../cli/scenarioResultLine.ts';
import { oneLine } from '../input/oneLine.ts';
import { plural } from '../report/format.ts';
import type { ExploreReport } from '../run/exploreReport.ts';

export const findingKinds = [
  'violation',
  'deadlock',
  'livelock',
  'crash',
  'data race',
  'stuck',
  'unreached',
  'unsupported',
] as const;
/** What a finding is: see `docs/testing.md`. */
export type FindingKind = (typeof findingKinds)[number];

/** The kind of the first finding; undefined: there is none. */
export function kindOfFinding({
  outcome,
  findings,
}: Pick<ExploreReport, 'outcome' | 'findings'>): FindingKind | undefined {
  if (findings.length === 0) return undefined;
  if (outcome === 'deadlock' || outcome === 'livelock') return outcome;
  const { category } = findings[0];
  if (category === 'data-race') return 'data race';
  if (category === 'misuse') return 'crash';
  return category ?? (outcome === 'crashed' ? 'crash' : 'violation');
}

/** A report in one line: what was proved or found, under which model, and how much was explored. */
export function summaryOf(report: Omit<ExploreReport, 'scheduler'>): string {
  const { scenario, memoryModel, tearing, findings, limit, seconds } = report;
  const model = `${memoryModel}${tearing ? ' with tearing' : ''}`;
  const kind = kindOfFinding(report);
  const explored = `${formatCounts(report)}, ${(seconds ?? 0).toFixed(1)} s`;
  const name = oneLine(scenario);
  if (kind !== undefined) return `✗ ${name}: ${kind} under ${model}: ${oneLine(findings[0].property)} (${explored})`;
  if (limit !== null) return `? ${name}: nothing found under ${model} within ${limit}, nothing proved (${explored})`;
  return `✓ ${name}: ${verdictOf(report)} under ${model} (${explored})`;
}

function verdictOf({ exhausted, preemptions, assumptions }: Omit<ExploreReport, 'scheduler'>): string {
  if (!exhausted) return 'nothing found';
  const bound = preemptions === null ? '' : ` for ${plural(preemptions, 'preemption')}`;
  return `proved${bound}${assumptions.map(({ text }) => `, ${text}`).join('')}`;
}
