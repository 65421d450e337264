import { BadInput } from '../input/badInput.ts';
import { KernelError } from '../kernel/compiled.ts';

/** Wrong usage. It ends with one clear line and status 2. */
export class UsageError extends Error {}

/** Whether the user can correct the error. */
export const isUsageError = (error: unknown): boolean =>
  error instanceof UsageError || error instanceof BadInput || error instanceof KernelError;
