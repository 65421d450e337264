import type { MemoryConfig } from '../run/createRun.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import type { Covered } from './coverage/coverage.ts';

/** What all batches of a campaign have in common, as plain data. */
export interface BatchConfig extends MemoryConfig {
  /** Steps of one execution, at most. */
  readonly stepsMax: number;
}

/** Executions of a batch. */
export const EXECUTIONS = 512;

/** So many executions of one scenario, as plain data: what comes of them depends on nothing else. */
export interface Batch {
  /** From 0. */
  readonly number: number;
  /** Which of the campaign's scenarios it is made from. */
  readonly base: number;
  /** The name of that one: what is covered is told apart by it. */
  readonly family: string;
  readonly source: ScenarioRef;
  /** Whether it is that scenario as it is. */
  readonly isBase: boolean;
  readonly seed: number;
  /** Of `ALTERED_OF` executions, those that alter a schedule instead of drawing one; 0 without feedback. */
  readonly altered: number;
  /** Schedules to be altered, as text, with those that cover something new in the batch itself. */
  readonly parents: readonly string[];
}

export const ALTERED_OF = 8;

/** An execution that covers what none before it in its batch has covered. */
export interface Candidate extends Covered {
  readonly schedule: string;
}

/** A violation, with fewer context switches than it was found with. */
export interface BatchFailure {
  readonly property: string;
  readonly message: string;
  readonly schedule: string;
  /** What failed, and what was communicated across threads: failures with the same key are taken for one. */
  readonly key: string;
  /** Its number in the batch, from 0. */
  readonly execution: number;
}

/** What has come of a batch. */
export interface BatchDone {
  readonly number: number;
  /** Complete executions; those that an assumption stopped; those that reached the limit of steps; those that violated a property. */
  readonly complete: number;
  readonly blocked: number;
  readonly cut: number;
  readonly failed: number;
  readonly steps: number;
  /** Of the scenario as it is: a hash of the class of each complete execution that was drawn, and of each that was altered. */
  readonly drawn: readonly number[];
  readonly altered: readonly number[];
  readonly candidates: readonly Candidate[];
  readonly failures: readonly BatchFailure[];
}
