import { parseSchedule } from '../../explore/schedule.ts';
import { isBadInput } from '../../input/badInput.ts';
import type { Failure } from '../../run/failure.ts';
import { createFinding } from '../../run/finding.ts';
import { minimise } from '../../run/minimise/minimise.ts';
import { openScenario } from '../../scenario/scenarioRef.ts';
import type { BatchResult } from '../batch.ts';
import { failureKey } from '../failureKey.ts';
import { runBatch } from '../runBatch.ts';
import type { MinimisedFailure } from '../state/findings.ts';
import type { CampaignTask, MinimiseTask, TaskAnswer } from './executor.ts';
import { withoutFaults } from './moduleFaults.ts';

/**
 * Steps that may be spent on minimising one failure, which take some seconds. A limit in steps
 * gives the same result on every machine, one in seconds does not.
 */
const MINIMISE_STEPS = 1_500_000;

/**
 * Runs a task. `BadInput` is answered and not thrown, as an error that leaves a thread loses its
 * class.
 */
export default async function runTask(task: CampaignTask): Promise<TaskAnswer> {
  try {
    const { source } = task.kind === 'batch' ? task.batch : task.unminimised;
    const run = (): Promise<BatchResult | MinimisedFailure> =>
      task.kind === 'batch' ? runBatch(task.batch, task.config) : minimiseFailure(task);
    const result = await ('module' in source ? withoutFaults(source.module, run) : run());
    return { kind: 'done', result };
  } catch (error) {
    if (isBadInput(error)) return { kind: 'bad input', message: error.message };
    throw error;
  }
}

async function minimiseFailure({ unminimised, config }: MinimiseTask): Promise<MinimisedFailure> {
  const { schedule, key } = unminimised.failure;
  const { memoryModel, tearing } = config;
  const failure: Failure = {
    ...unminimised.failure,
    source: unminimised.source,
    scenario: await openScenario(unminimised.source),
    ...{ memoryModel, tearing },
    schedule: parseSchedule(schedule)!,
  };
  const minimised = minimise(failure, Infinity, MINIMISE_STEPS);
  return { key, minimisedKey: failureKey(minimised), finding: createFinding(minimised) };
}
