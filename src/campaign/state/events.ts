import type { BatchFailure, CorpusCandidate } from '../batch.ts';
import type { Counts } from './counts.ts';
import type { MinimisedFailure, SurplusFailure } from './findings.ts';

/** What changes the state of a campaign. The journal has one event a line. */
export type CampaignEvent = { readonly batch: BatchEffect } | { readonly minimised: MinimisedFailure };

/** What a batch adds to the state of a campaign: all of its result that is new. */
export interface BatchEffect {
  readonly batch: number;
  readonly counts: Counts;
  /** Number of complete executions of the base scenario that a scheduler drew. */
  readonly drawn: number;
  /** Hashes of their classes, and of those of mutated schedules, as far as they are sampled. */
  readonly drawnSample: readonly number[];
  readonly mutatedSample: readonly number[];
  /** Executions that cover something new, with what is new. */
  readonly covered: readonly CorpusCandidate[];
  /** Failures with a new key that are to be minimised. */
  readonly failures: readonly BatchFailure[];
  /** Failures with a new key that are only counted. */
  readonly surplus: readonly SurplusFailure[];
  /** Why the batch could not be run. All other fields are then empty. */
  readonly lost?: string;
}
