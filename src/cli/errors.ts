import { BadInput } from '../input/badInput.ts';
import { KernelError } from '../kernel/compiled.ts';
import type { ExploreReport } from '../run/exploreReport.ts';
import { STATUS } from './status.ts';

/** Wrong usage. It ends with one clear line and status 2. */
export class UsageError extends Error {}

/**
 * The exit status of an exploration. It is `undecided` if a proof was wanted and the search was not
 * exhaustive, or if a claim was not reached, or nothing ran.
 */
export function statusOf(
  report: Pick<ExploreReport, 'findings' | 'scheduler' | 'exhausted' | 'unreached' | 'executions'>,
): number {
  if (report.findings.length > 0) return STATUS.findings;
  if (report.scheduler === 'exhaustive') return report.exhausted ? STATUS.nothingFound : STATUS.undecided;
  return report.unreached.length > 0 || report.executions === 0 ? STATUS.undecided : STATUS.nothingFound;
}

/** Whether the user can correct the error. */
export const isUsageError = (error: unknown): boolean =>
  error instanceof UsageError || error instanceof BadInput || error instanceof KernelError;
