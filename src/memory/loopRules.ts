/** Which iterations of a loop an exploration may leave out. */
export interface LoopRules {
  /** The most iterations of a loop whose state never repeats; Infinity: no bound. */
  readonly iterationsMax: number;
  /**
   * Whether a loop of unknown state counts as one without state if it looks so (see
   * `LoopComparison`).
   */
  readonly byComparison: boolean;
  /** Whether nothing is left out: a delay makes all its loads, and a loop all its iterations. */
  readonly inFull?: boolean;
}

export const usualLoopRules: LoopRules = { iterationsMax: Infinity, byComparison: true };
