/** Wrong usage: one clear line, status 2. */
export class UsageError extends Error {}

/** Exit statuses of every command. */
export const STATUS = { nothingFound: 0, findings: 1, usage: 2, harness: 3, interrupted: 130 } as const;
