import { KernelError } from '../kernel/compiled.ts';
import { BadInput } from '../scenario/badInput.ts';

/** Wrong usage: one clear line, status 2. */
export class UsageError extends Error {}

/** Exit statuses of every command. */
export const STATUS = { nothingFound: 0, findings: 1, usage: 2, harness: 3, interrupted: 130 } as const;

/** What each says. */
export const MEANING: Readonly<Record<keyof typeof STATUS, string>> = {
  nothingFound: 'nothing found',
  findings: 'findings',
  usage: 'wrong usage',
  harness: 'the harness itself failed',
  interrupted: 'interrupted',
};

/** Whether it is the user who has to do something about it. */
export const isUsage = (error: unknown): boolean =>
  error instanceof UsageError || error instanceof BadInput || error instanceof KernelError;
