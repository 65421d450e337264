import type { CampaignSummary } from '../campaign/summary.ts';
import type { Outcome } from '../litmus/report.ts';
import type { ExploreReport } from '../run/exploreReport.ts';
import type { StressReport } from '../run/stress/stress.ts';
import { STATUS } from './status.ts';

/** What the exit status of an exploration follows from. */
export type ExplorationVerdict = Pick<
  ExploreReport,
  'findings' | 'scheduler' | 'exhausted' | 'unreached' | 'executions'
>;

/**
 * The exit status of an exploration. It is `undecided` if a proof was wanted and the search was not
 * exhaustive, or if a claim was not reached, or no execution was complete.
 */
export function statusOf(report: ExplorationVerdict): number {
  if (report.findings.length > 0) return STATUS.findings;
  if (report.scheduler === 'exhaustive') return report.exhausted ? STATUS.nothingFound : STATUS.undecided;
  return report.unreached.length > 0 || report.executions === 0 ? STATUS.undecided : STATUS.nothingFound;
}

/**
 * The exit status of several scenarios. A scenario whose findings are all `accepted` is decided.
 */
export function statusOfCheck(
  results: readonly { readonly report: ExplorationVerdict; readonly accepted: boolean }[],
): number {
  const statuses = results.map(({ report, accepted }) => (accepted ? STATUS.nothingFound : statusOf(report)));
  if (statuses.includes(STATUS.findings)) return STATUS.findings;
  return statuses.includes(STATUS.undecided) ? STATUS.undecided : STATUS.nothingFound;
}

/**
 * The exit status of runs on free threads. It is `undecided` if nothing was checked in any run of a
 * scenario, or if a history could not be decided.
 */
export function statusOfStress(
  reports: readonly Pick<StressReport, 'findings' | 'outcome' | 'runs' | 'blocked'>[],
): number {
  if (reports.some(({ findings }) => findings.length > 0)) return STATUS.findings;
  const isUndecided = reports.some(({ outcome, runs, blocked }) => outcome === 'unknown' || runs === blocked);
  return isUndecided ? STATUS.undecided : STATUS.nothingFound;
}

/** The exit status of a campaign. It is `undecided` if no execution was complete. */
export function statusOfCampaign({
  outcome,
  lostBatches,
  executions,
  blocked,
  cut,
}: Pick<CampaignSummary, 'outcome' | 'lostBatches' | 'executions' | 'blocked' | 'cut'>): number {
  if (outcome === 'violated') return STATUS.findings;
  if (lostBatches.length > 0) return STATUS.harness;
  return executions > blocked + cut ? STATUS.nothingFound : STATUS.undecided;
}

/** The exit status of litmus tests, of which at least one is read. */
export function statusOfLitmus(outcomes: readonly Outcome[]): number {
  if (outcomes.includes('unexplained')) return STATUS.findings;
  return outcomes.includes('undecided') ? STATUS.undecided : STATUS.nothingFound;
}
