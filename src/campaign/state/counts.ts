/** Counts of executions. */
export interface Counts {
  /** All executions that were run. */
  readonly executions: number;
  /** Those that an assumption stopped. */
  readonly blocked: number;
  /** Those that reached the limit of steps. */
  readonly cut: number;
  /** Those that violated a property. */
  readonly failed: number;
  /** Steps of all executions. */
  readonly steps: number;
}

export const NO_COUNTS: Counts = { executions: 0, blocked: 0, cut: 0, failed: 0, steps: 0 };

export const addCounts = (a: Counts, b: Counts): Counts => ({
  executions: a.executions + b.executions,
  blocked: a.blocked + b.blocked,
  cut: a.cut + b.cut,
  failed: a.failed + b.failed,
  steps: a.steps + b.steps,
});
