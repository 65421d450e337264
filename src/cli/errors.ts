import { BadInput } from '../input/badInput.ts';
import { KernelError } from '../kernel/compiled.ts';
import type { ExploreReport } from '../run/exploreScenario.ts';

/** Wrong usage: one clear line, status 2. */
export class UsageError extends Error {}

/** Exit statuses of every command. */
export const STATUS = { nothingFound: 0, findings: 1, usage: 2, harness: 3, undecided: 4, interrupted: 130 } as const;

/** What each says. */
export const MEANING: Readonly<Record<keyof typeof STATUS, string>> = {
  nothingFound: 'nothing found',
  findings: 'findings',
  usage: 'wrong usage',
  harness: 'the harness itself failed',
  undecided: 'undecided',
  interrupted: 'interrupted',
};

/** The status of an exploration. Nothing found is nothing said where a proof was asked for, or what was to be seen was not. */
export function statusOf(
  report: Pick<ExploreReport, 'findings' | 'scheduler' | 'exhausted' | 'unreached' | 'executions'>,
): number {
  if (report.findings.length > 0) return STATUS.findings;
  if (report.scheduler === 'exhaustive') return report.exhausted ? STATUS.nothingFound : STATUS.undecided;
  return report.unreached.length > 0 || report.executions === 0 ? STATUS.undecided : STATUS.nothingFound;
}

/** Whether it is the user who has to do something about it. */
export const isUsage = (error: unknown): boolean =>
  error instanceof UsageError || error instanceof BadInput || error instanceof KernelError;
