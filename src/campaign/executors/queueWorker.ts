import type { CampaignTask } from './campaignWorker.ts';
import type { QueueAnswer } from './queueExecutor.ts';
import { queueName, reachRedis } from './redisConnection.ts';
import { ThreadPoolExecutor } from './threadPoolExecutor.ts';

/** A process that has not been heard of for so long, in milliseconds, is taken for dead, and its task given to another. */
const LOCK_MS = 6000;
const LOOK_MS = 3000;
/** So often may that happen to one task: hands are killed, and it is not the task's fault. */
const STALLED_MAX = 1000;

/** How a hand works. */
export interface QueueWorkerOptions {
  readonly workers: number;
  readonly patienceSeconds: number;
  readonly version: string;
  readonly signal: AbortSignal;
  /** Called after each task with how many were done. */
  readonly onDone: (tasks: number) => void;
}

/** Does tasks of whatever campaigns are in a queue, until the signal. Throws `BadInput` where there is no Redis, and what it was when it went away. */
export async function runQueueWorker(
  url: string,
  { workers, patienceSeconds, version, signal, onDone }: QueueWorkerOptions,
): Promise<void> {
  let end: (error?: Error) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  ended.catch(() => {});
  const { bullmq, connection } = await reachRedis(url, end);
  const threads = new ThreadPoolExecutor(workers, patienceSeconds);
  let done = 0;
  const worker = new bullmq.Worker<CampaignTask, QueueAnswer>(
    queueName(version),
    async ({ data }) => {
      const answer = await answerTo(data, threads);
      onDone(++done);
      return answer;
    },
    { connection, concurrency: workers, lockDuration: LOCK_MS, stalledInterval: LOOK_MS, maxStalledCount: STALLED_MAX },
  );
  worker.on('error', () => {});
  const stop = (): void => end();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    await ended;
    await worker.close(); // what was begun is finished first
  } finally {
    worker.close(true).catch(() => {});
    await threads.close();
    connection.disconnect();
  }
}

async function answerTo(task: CampaignTask, threads: ThreadPoolExecutor): Promise<QueueAnswer> {
  try {
    return { result: await threads.do(task) };
  } catch (error) {
    const { name, message } = error as Error;
    return { failed: { name, message } };
  }
}
