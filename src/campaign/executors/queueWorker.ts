import type { CampaignTask, TaskAnswer } from './executor.ts';
import { connectRedis, queueName } from './redisConnection.ts';
import { ThreadPoolExecutor } from './threadPoolExecutor.ts';

/**
 * Milliseconds without a sign of life after which a process is taken for dead, and its task is
 * given to another.
 */
const LOCK_MS = 6000;
/** Milliseconds between two checks for that. */
const STALL_CHECK_MS = 3000;
/**
 * How often one task may be taken from a dead process. Processes are killed at any time, so it is
 * no fault of the task.
 */
const STALLED_MAX = 1000;

export interface QueueWorkerOptions {
  /** Threads. */
  readonly workers: number;
  /** How long one task may take. */
  readonly patienceSeconds: number;
  readonly version: string;
  readonly signal: AbortSignal;
  /** Called after each task with the number of tasks so far. */
  readonly onDone: (tasks: number) => void;
}

/**
 * Runs tasks of any campaigns in a queue until the signal. Rejects with `BadInput` if there is no
 * Redis, and with an `Error` when it goes away.
 */
export async function runQueueWorker(
  url: string,
  { workers, patienceSeconds, version, signal, onDone }: QueueWorkerOptions,
): Promise<void> {
  let end: (error?: Error) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  ended.catch(() => {});
  const { bullmq, connection } = await connectRedis(url, end);
  const threads = new ThreadPoolExecutor(workers, patienceSeconds);
  let tasks = 0;
  const worker = new bullmq.Worker<CampaignTask, TaskAnswer>(
    queueName(version),
    async ({ data }) => {
      const answer = await threads.answerTo(data);
      onDone(++tasks);
      return answer;
    },
    {
      connection,
      concurrency: workers,
      lockDuration: LOCK_MS,
      stalledInterval: STALL_CHECK_MS,
      maxStalledCount: STALLED_MAX,
    },
  );
  worker.on('error', () => {});
  const stop = (): void => end();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    await ended;
    await worker.close(); // finishes the tasks that were begun
  } finally {
    worker.close(true).catch(() => {});
    await threads.close();
    connection.disconnect();
  }
}
