import type { Violation } from '../explore/execution/violation.ts';
import type { StateView } from './property.ts';

/** A predicate over memory and results. */
export interface Predicate {
  readonly name: string;
  /** `always`: it must hold in each state; `sometimes`: it must hold in some state. */
  readonly kind: 'always' | 'sometimes';
  readonly holds: (view: StateView) => boolean;
  /** Its bit in sets of predicates. */
  readonly bit: number;
  /** Whether a `sometimes` has held. */
  reached: boolean;
}

/** Predicates, and what each of them has read so far. */
export interface PredicateEvaluator {
  readonly predicates: readonly Predicate[];
  /** By place: the predicates that have read it, or a place that shares bytes with it. */
  readonly watching: Uint32Array;
  /** The predicates that have read results. */
  readonly watchingResults: number;
  /** Evaluates the predicates in `bits` now. Returns the first `always` that does not hold. */
  evaluate(bits: number): Violation | undefined;
}

/** A global state where a predicate fails, and the steps that lead to it. */
export interface PossibleViolation {
  readonly violation: Violation;
  readonly steps: readonly number[];
}
