import { setTimeout as sleep } from 'node:timers/promises';
import { isBadInput } from '../../input/badInput.ts';
import type { TaskAnswer } from './executor.ts';
import { parseTask } from './parseTask.ts';
import { connectRedis, queueName } from './redisConnection.ts';
import { answerOf, openMessage, type SignedMessage, signMessage, taskOf } from './signedMessage.ts';
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

/** Milliseconds to end in, after a signal. Tasks that are not done are given to another process. */
const CLOSE_MS = 500;

export interface QueueWorkerOptions {
  /** Threads. */
  readonly workers: number;
  /** How long one task may take. */
  readonly patienceSeconds: number;
  readonly version: string;
  readonly signal: AbortSignal;
  /** Called after each task with the number of tasks so far. */
  readonly onDone: (tasks: number) => void;
  /** See `ThreadPoolExecutor`. */
  readonly onLateFault: (message: string) => void;
}

/**
 * Runs tasks of any campaigns in a queue until the signal. Rejects with `BadInput` if there is no
 * Redis, and with an `Error` when it goes away.
 */
export async function runQueueWorker(
  url: string,
  { workers, patienceSeconds, version, signal, onDone, onLateFault }: QueueWorkerOptions,
): Promise<void> {
  let end: (error?: Error) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  ended.catch(() => {});
  const { bullmq, connection } = await connectRedis(url, end);
  const threads = new ThreadPoolExecutor(workers, patienceSeconds, Infinity, onLateFault);
  let tasks = 0;
  const worker = new bullmq.Worker<unknown, SignedMessage>(
    queueName(version),
    async ({ data, id = '' }) => {
      const answer = await answerTo(data, id, threads);
      onDone(++tasks);
      return signMessage(answer, answerOf(id));
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
    // Without a Redis that answers it never ends.
    await Promise.race([worker.close(), sleep(CLOSE_MS)]);
  } finally {
    worker.close(true).catch(() => {});
    await threads.close();
    connection.disconnect();
  }
}

/** Runs the task of a job. One that is no task, or may not run, is answered with the reason. */
async function answerTo(message: unknown, job: string, threads: ThreadPoolExecutor): Promise<TaskAnswer> {
  try {
    return await threads.answerTo(parseTask(openMessage(message, taskOf(job))));
  } catch (error) {
    if (!isBadInput(error)) throw error;
    return { kind: 'bad input', message: error.message };
  }
}
