import { parseSchedule } from '../../explore/schedule.ts';
import { findingOf } from '../../run/finding.ts';
import { type Failure, minimise } from '../../run/minimise/minimise.ts';
import { openScenario } from '../../scenario/scenarioRef.ts';
import type { Batch, BatchConfig, BatchDone } from '../batch.ts';
import { failureKey } from '../failureKey.ts';
import { runBatch } from '../runBatch.ts';
import type { MinimisedFailure, UnminimisedFailure } from '../state/findings.ts';

/** What a worker of a campaign is given. */
export type CampaignTask =
  | { readonly do: 'run'; readonly batch: Batch; readonly work: BatchConfig }
  | { readonly do: 'make small'; readonly open: UnminimisedFailure; readonly work: BatchConfig };

/** Steps that may be taken to make one failure small: some seconds. Not seconds, so that the same comes of it on any machine. */
const STEPS = 1_500_000;

export default async function work(task: CampaignTask): Promise<BatchDone | MinimisedFailure> {
  return task.do === 'run' ? runBatch(task.batch, task.work) : makeSmall(task);
}

async function makeSmall({ open, work }: CampaignTask & { readonly do: 'make small' }): Promise<MinimisedFailure> {
  const { property, message, schedule, key } = open.failed;
  const { memoryModel, tearing } = work;
  const failure: Failure = {
    source: open.source,
    scenario: await openScenario(open.source),
    ...{ property, message, memoryModel, tearing },
    schedule: parseSchedule(schedule)!,
  };
  const least = minimise(failure, Infinity, STEPS);
  return { key, least: failureKey(least), finding: findingOf(least) };
}
