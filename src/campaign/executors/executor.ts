import { BadInput } from '../../input/badInput.ts';
import type { Batch, BatchConfig, BatchResult } from '../batch.ts';
import type { MinimisedFailure, UnminimisedFailure } from '../state/findings.ts';

/** Runs the tasks of a campaign somewhere. */
export interface Executor {
  /** Number of tasks that keep all workers busy. */
  readonly capacity: number;
  /** Number of workers that died. */
  readonly died: number;
  /** Number of workers that were ended because a task took too long. */
  readonly hung: number;
  /** Rejects with `BadInput` if the scenario cannot be run, and with `TaskAbandoned`. */
  runBatch(batch: Batch, config: BatchConfig): Promise<BatchResult>;
  /** The same for minimising a failure. */
  minimise(unminimised: UnminimisedFailure, config: BatchConfig): Promise<MinimisedFailure>;
  close(): Promise<void>;
}

/** The answer of a worker, as plain data: the result of a task, or why there is none. */
export type TaskAnswer =
  | { readonly kind: 'done'; readonly result: BatchResult | MinimisedFailure }
  | { readonly kind: 'bad input' | 'abandoned'; readonly message: string };

/** The result in an answer. Throws `BadInput` and `TaskAbandoned`. */
export function resultIn(answer: TaskAnswer): BatchResult | MinimisedFailure {
  switch (answer.kind) {
    case 'done':
      return answer.result;
    case 'bad input':
      throw new BadInput(answer.message);
    case 'abandoned':
      throw new TaskAbandoned(answer.message);
  }
}

/** No worker could finish a task. */
export class TaskAbandoned extends Error {
  override readonly name = 'TaskAbandoned';
}
