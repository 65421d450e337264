import type { Violation } from '../explore/execution/violation.ts';
import type { MemoryConfig } from '../run/createRun.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import type { ExecutionCoverage } from './coverage/coverage.ts';
import type { Counts } from './state/counts.ts';

/** What all batches of a campaign have in common, as plain data. */
export interface BatchConfig extends MemoryConfig {
  /** Maximum number of steps of one execution. */
  readonly stepsMax: number;
}

/** Executions of a batch. */
export const BATCH_EXECUTIONS = 512;

/**
 * A batch: `BATCH_EXECUTIONS` executions of one scenario, as plain data. Its result depends on
 * nothing else.
 */
export interface Batch {
  /** From 0. */
  readonly number: number;
  /** Index of the campaign's scenario that it is made from. */
  readonly base: number;
  /** The name of that scenario. Coverage is counted separately for each family. */
  readonly family: string;
  readonly source: ScenarioRef;
  /** Whether `source` is the campaign's scenario itself, and not a mutated one. */
  readonly isBase: boolean;
  readonly seed: number;
  /**
   * Of `MUTATION_PERIOD` consecutive executions, so many mutate a schedule instead of drawing one.
   * 0 without feedback.
   */
  readonly mutated: number;
  /**
   * Schedules to mutate, as text. Schedules that cover something new in the batch itself are added
   * while it runs.
   */
  readonly parents: readonly string[];
}

export const MUTATION_PERIOD = 8;

/** An execution that covers something that no earlier execution of its batch covers. */
export interface CorpusCandidate extends ExecutionCoverage {
  readonly schedule: string;
}

/** A violation. Its schedule has been merged to fewer context switches. */
export interface BatchFailure extends Pick<Violation, 'property' | 'message' | 'category'> {
  readonly schedule: string;
  /** See `failureKey`. Failures with the same key count as one. */
  readonly key: string;
  /** The number of the execution in the batch, from 0. */
  readonly execution: number;
}

/** The result of a batch. */
export interface BatchResult extends Omit<Counts, 'executions'> {
  readonly number: number;
  /** Executions that completed. */
  readonly complete: number;
  /**
   * One hash of the happens-before class for each complete execution of the base scenario: those
   * that a scheduler drew, and those of mutated schedules.
   */
  readonly drawnClasses: readonly number[];
  readonly mutatedClasses: readonly number[];
  readonly candidates: readonly CorpusCandidate[];
  readonly failures: readonly BatchFailure[];
}
