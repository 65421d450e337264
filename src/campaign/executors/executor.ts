import { BadInput } from '../../input/badInput.ts';
import type { Batch, BatchConfig, BatchResult } from '../batch.ts';
import type { MinimisedFailure, UnminimisedFailure } from '../state/findings.ts';

/** A task of a campaign, as plain data. */
export type CampaignTask = BatchTask | MinimiseTask;

interface BatchTask {
  readonly kind: 'batch';
  readonly batch: Batch;
  readonly config: BatchConfig;
}

export interface MinimiseTask {
  readonly kind: 'minimise';
  readonly unminimised: UnminimisedFailure;
  readonly config: BatchConfig;
}

/** Runs the tasks of a campaign somewhere. */
export abstract class Executor {
  /** Number of tasks that keep all workers busy. */
  abstract readonly capacity: number;
  /** Number of workers that died. */
  abstract readonly died: number;
  /** Number of workers that were ended because a task took too long. */
  abstract readonly hung: number;

  /** Rejects with `BadInput` if the scenario cannot be run, and with `TaskAbandoned`. */
  runBatch(batch: Batch, config: BatchConfig): Promise<BatchResult> {
    return this.execute({ kind: 'batch', batch, config }) as Promise<BatchResult>;
  }

  /** The same for minimising a failure. */
  minimise(unminimised: UnminimisedFailure, config: BatchConfig): Promise<MinimisedFailure> {
    return this.execute({ kind: 'minimise', unminimised, config }) as Promise<MinimisedFailure>;
  }

  private async execute(task: CampaignTask): Promise<BatchResult | MinimisedFailure> {
    return unwrapAnswer(await this.answerTo(task));
  }

  /**
   * The property or the operation that has not returned when the time is over. Undefined: it is
   * not known.
   */
  async runningAtEnd(): Promise<string | undefined> {
    return undefined;
  }

  /** Has a worker run a task. */
  abstract answerTo(task: CampaignTask): Promise<TaskAnswer>;
  abstract close(): Promise<void>;
}

/** The answer of a worker, as plain data: the result of a task, or why there is none. */
export type TaskAnswer =
  | { readonly kind: 'done'; readonly result: BatchResult | MinimisedFailure }
  /** `time over`: the campaign ended before the task did, and needs no result. */
  | { readonly kind: 'bad input' | 'abandoned' | 'time over'; readonly message: string };

/** The result in an answer. Throws `BadInput`, `TaskAbandoned` and `TimeOver`. */
function unwrapAnswer(answer: TaskAnswer): BatchResult | MinimisedFailure {
  switch (answer.kind) {
    case 'done':
      return answer.result;
    case 'bad input':
      throw new BadInput(answer.message);
    case 'abandoned':
      throw new TaskAbandoned(answer.message);
    case 'time over':
      throw new TimeOver(answer.message);
  }
}

/** The campaign ended before a task did. */
export class TimeOver extends Error {
  override readonly name = 'TimeOver';
}

/** No worker could finish a task. */
export class TaskAbandoned extends Error {
  override readonly name = 'TaskAbandoned';
}
