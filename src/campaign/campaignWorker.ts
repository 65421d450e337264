import { parseSchedule } from '../explore/schedule.ts';
import { findingOf } from '../scenario/finding.ts';
import { type Failure, minimise } from '../scenario/minimise.ts';
import { openSource } from '../scenario/source.ts';
import type { Batch, BatchDone, Work } from './batch.ts';
import { keyOf } from './failureKey.ts';
import type { Made, Open } from './findings.ts';
import { runBatch } from './runBatch.ts';

/** What a worker of a campaign is given. */
export type CampaignTask =
  | { readonly do: 'run'; readonly batch: Batch; readonly work: Work }
  | { readonly do: 'make small'; readonly open: Open; readonly work: Work; readonly canary: string | undefined };

/** Steps that may be taken to make one failure small: some seconds. Not seconds, so that the same comes of it on any machine. */
const STEPS = 1_500_000;

export default async function work(task: CampaignTask): Promise<BatchDone | Made> {
  return task.do === 'run' ? runBatch(task.batch, task.work) : makeSmall(task);
}

async function makeSmall({ open, work, canary }: CampaignTask & { readonly do: 'make small' }): Promise<Made> {
  const { property, message, schedule, key } = open.failed;
  const { memoryModel, tearing } = work;
  const failure: Failure = {
    source: open.source,
    scenario: await openSource(open.source),
    ...{ property, message, memoryModel, tearing },
    schedule: parseSchedule(schedule)!,
  };
  const least = minimise(failure, Infinity, STEPS);
  return { key, least: keyOf(least), finding: findingOf(least, canary) };
}
