/** What may be left out of loops whose iterations go on and on. */
export interface LoopRules {
  /** Iterations of a loop that may be begun where its state never comes again; Infinity: no bound. */
  readonly iterationsMax: number;
  /** Whether a loop whose state cannot be seen may be taken for one without a state, where it looks like one (see `LoopComparison`). */
  readonly byComparison: boolean;
  /** Whether nothing is left out: a delay has all its loads, and a loop all its iterations. */
  readonly inFull?: boolean;
}

export const usualLoopRules: LoopRules = { iterationsMax: Infinity, byComparison: true };
