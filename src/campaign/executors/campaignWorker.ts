import { wallClock } from '../../explore/limits.ts';
import { parseSchedule } from '../../explore/schedule.ts';
import { isBadInput } from '../../input/badInput.ts';
import type { Failure } from '../../run/failure.ts';
import { createFinding } from '../../run/finding.ts';
import { minimise } from '../../run/minimise/minimise.ts';
import { openScenario } from '../../scenario/scenarioRef.ts';
import type { BatchResult } from '../batch.ts';
import { endLate, TaskLate } from '../endLate.ts';
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

/** A task, how long it may take, and when it ends in any case, by `wallClock`. */
export interface PoolTask {
  readonly task: CampaignTask;
  readonly seconds: number;
  readonly until: number;
}

/** `late`: the task was ended. `running` is the property or the operation that had not returned. */
export type PoolAnswer = TaskAnswer | { readonly kind: 'late'; readonly running: string | undefined };

/** A failure is minimised when the time is over, too. It may take so long. */
const AFTER_END_SECONDS = 10;

/**
 * Runs a task. `BadInput` is answered and not thrown, as an error that leaves a thread loses its
 * class.
 */
export default async function runTask({ task, ...times }: PoolTask): Promise<PoolAnswer> {
  const left = (times.until - wallClock()) / 1000;
  const seconds = Math.min(times.seconds, Math.max(task.kind === 'batch' ? 0.001 : AFTER_END_SECONDS, left));
  try {
    const { source } = task.kind === 'batch' ? task.batch : task.unminimised;
    const run = (): Promise<BatchResult | MinimisedFailure> =>
      task.kind === 'batch' ? runBatch(task.batch, task.config, seconds) : minimiseFailure(task, seconds);
    const result = await ('module' in source ? withoutFaults(source.module, run) : run());
    return { kind: 'done', result };
  } catch (error) {
    if (error instanceof TaskLate) return { kind: 'late', running: error.running };
    if (isBadInput(error)) return { kind: 'bad input', message: error.message };
    throw error;
  }
}

async function minimiseFailure({ unminimised, config }: MinimiseTask, seconds: number): Promise<MinimisedFailure> {
  const { schedule, key } = unminimised.failure;
  const { memoryModel, tearing } = config;
  const failure: Failure = {
    ...unminimised.failure,
    source: unminimised.source,
    scenario: await openScenario(unminimised.source),
    ...{ memoryModel, tearing },
    schedule: parseSchedule(schedule)!,
  };
  const minimised = endLate(seconds, () => minimise(failure, Infinity, MINIMISE_STEPS));
  return { key, minimisedKey: failureKey(minimised), finding: createFinding(minimised) };
}
