import type { BatchFailure, BatchResult, CorpusCandidate } from '../batch.ts';
import { CampaignCoverage } from '../coverage/campaignCoverage.ts';
import { coverageSize } from '../coverage/coverage.ts';
import type { CampaignState } from './campaignState.ts';
import { NO_COUNTS } from './counts.ts';
import type { BatchEffect } from './events.ts';
import type { SurplusFailure } from './findings.ts';

/** What is new in the result of the next batch of `state`. */
export function diffBatch(state: CampaignState, result: BatchResult): BatchEffect {
  const { number, complete, blocked, cut, failed, steps, drawnClasses, mutatedClasses } = result;
  const { base } = state.nextBatch;
  const classes = state.classes[base];
  const sampled = (hashes: readonly number[]) => hashes.filter((hash) => classes.isSampled(hash));
  return {
    batch: number,
    counts: { executions: complete + blocked + cut + failed, blocked, cut, failed, steps },
    drawn: drawnClasses.length,
    // The estimates ask only whether a class was drawn once, twice or more often.
    drawnSample: atMost(3, sampled(drawnClasses)),
    mutatedSample: atMost(1, sampled(mutatedClasses)),
    covered: newCoverage(state, result.candidates),
    ...newFailures(state, result.failures),
  };
}

/** The effect of a batch that could not be run. */
export const lostBatchEffect = (batch: number, why: string): BatchEffect => ({
  batch,
  counts: NO_COUNTS,
  drawn: 0,
  drawnSample: [],
  mutatedSample: [],
  covered: [],
  failures: [],
  surplus: [],
  lost: why,
});

function newCoverage({ coverage, nextBatch: { family } }: CampaignState, candidates: readonly CorpusCandidate[]) {
  const covered: CorpusCandidate[] = [];
  const ofBatch = new CampaignCoverage();
  for (const candidate of candidates) {
    const added = ofBatch.findNew(coverage.findNew(candidate, family), family);
    if (coverageSize(added) === 0) continue;
    ofBatch.add(added, family);
    covered.push({ ...added, schedule: candidate.schedule });
  }
  return covered;
}

function newFailures(state: CampaignState, failed: readonly BatchFailure[]) {
  const { findings } = state;
  const group = state.groupOf(state.nextBatch.base);
  const failures: BatchFailure[] = [];
  const surplus: SurplusFailure[] = [];
  for (const failure of failed) {
    const { key, property } = failure;
    if (findings.has(key)) continue;
    const taken = failures.filter((other) => other.property === property).length;
    if (taken < findings.roomFor(property, group)) failures.push(failure);
    else if (!findings.isFull) surplus.push({ key, property });
  }
  return { failures, surplus };
}

/** The values, each at most `times` times. */
function atMost(times: number, values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  return values.filter((value) => {
    const before = counts.get(value) ?? 0;
    counts.set(value, before + 1);
    return before < times;
  });
}
