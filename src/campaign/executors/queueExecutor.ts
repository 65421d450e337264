import { randomUUID } from 'node:crypto';
import type { Job, Queue, QueueEvents } from 'bullmq';
import { BadInput } from '../../input/badInput.ts';
import { PLANNING_WINDOW } from '../state/planningWindow.ts';
import { type CampaignTask, Executor, type TaskAnswer } from './executor.ts';
import { parseAnswer } from './parseAnswer.ts';
import { requireSecret } from './parseTask.ts';
import { connectRedis, queueName, type RedisConnection } from './redisConnection.ts';
import { answerOf, openMessage, type SignedMessage, signMessage, taskOf } from './signedMessage.ts';

/** How often a task is sent, if what comes back is no answer. */
const ATTEMPTS = 3;

/** What somebody has answered. */
interface Answer {
  readonly value: unknown;
  /** The id of the job. */
  readonly job: string;
}

/** Runs tasks on queue workers, which are other processes: see `runQueueWorker`. */
export class QueueExecutor extends Executor {
  readonly capacity = PLANNING_WINDOW;
  readonly died = 0;
  readonly hung = 0;
  private readonly redis: RedisConnection;
  private readonly queue: Queue<SignedMessage, unknown>;
  private readonly events: QueueEvents;
  /** Jobs that are waited for. The function is called if Redis has lost the job. */
  private readonly pending = new Map<Job<SignedMessage, unknown>, () => void>();
  /** Rejects when Redis is gone for good. */
  private readonly gone: Promise<never>;
  private isGone = false;

  private constructor(redis: RedisConnection, name: string, gone: Promise<never>) {
    super();
    const { bullmq, connection } = redis;
    this.redis = redis;
    this.gone = gone;
    gone.catch(() => {
      this.isGone = true;
    });
    this.queue = new bullmq.Queue(name, { connection });
    this.events = new bullmq.QueueEvents(name, { connection: connection.duplicate() });
    this.queue.on('error', () => {});
    this.events.on('error', () => {});
    // Each pending job has a listener: there is no limit.
    this.queue.setMaxListeners(0);
    this.events.setMaxListeners(0);
    connection.on('ready', () => void this.findLostJobs().catch(() => {}));
  }

  /** Rejects with `BadInput` if there is no Redis. */
  static async connect(url: string, version: string): Promise<QueueExecutor> {
    let onGone: (error: Error) => void = () => {};
    const gone = new Promise<never>((_, reject) => {
      onGone = reject;
    });
    const redis = await connectRedis(url, onGone);
    const executor = new QueueExecutor(redis, queueName(version), gone);
    await executor.events.waitUntilReady();
    return executor;
  }

  /** Removes jobs that no worker has begun. */
  async close(): Promise<void> {
    const { connection } = this.redis;
    if (connection.status === 'ready' && !this.isGone) {
      await Promise.allSettled([...this.pending.keys()].map((job) => job.remove()));
      await Promise.allSettled([this.queue.close(), this.events.close()]);
    }
    connection.disconnect();
    this.events.disconnect().catch(() => {});
  }

  async answerTo(task: CampaignTask): Promise<TaskAnswer> {
    requireSecret((task.kind === 'batch' ? task.batch : task.unminimised).source);
    for (let refused = 0; ; ) {
      const answer = await this.submit(task);
      if (answer === 'lost') continue;
      try {
        return parseAnswer(openMessage(answer.value, answerOf(answer.job)), task);
      } catch (error) {
        if (!(error instanceof BadInput)) throw error;
        const message = `a worker of the queue answers what is no answer: ${error.message}`;
        if (++refused === ATTEMPTS) return { kind: 'abandoned', message };
      }
    }
  }

  private async submit(task: CampaignTask): Promise<Answer | 'lost'> {
    // A random id: a Redis that has lost its data numbers jobs from 1 again.
    const jobId = randomUUID();
    const options = { jobId, removeOnComplete: { count: 1000 }, removeOnFail: { count: 1000 } };
    const job = await Promise.race([this.gone, this.queue.add('task', signMessage(task, taskOf(jobId)), options)]);
    const lost = new Promise<'lost'>((resolve) => this.pending.set(job, () => resolve('lost')));
    try {
      // A job that failed has no answer, but a reason.
      const finished = job.waitUntilFinished(this.events).then(
        (value): Answer => ({ value, job: jobId }),
        (error: Error): Answer => ({ value: error.message, job: jobId }),
      );
      return await Promise.race([this.gone, finished, lost]);
    } finally {
      this.pending.delete(job);
    }
  }

  /** A Redis that comes back may have lost its jobs. */
  private async findLostJobs(): Promise<void> {
    for (const [job, onLost] of this.pending) if ((await this.queue.getJob(job.id!)) === undefined) onLost();
  }
}
