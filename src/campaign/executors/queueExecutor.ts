import { randomUUID } from 'node:crypto';
import type { Job, Queue, QueueEvents } from 'bullmq';
import { PLANNING_WINDOW } from '../state/planningWindow.ts';
import { type CampaignTask, Executor, type TaskAnswer } from './executor.ts';
import { connectRedis, queueName, type RedisConnection } from './redisConnection.ts';

/** Runs tasks on queue workers, which are other processes: see `runQueueWorker`. */
export class QueueExecutor extends Executor {
  readonly capacity = PLANNING_WINDOW;
  readonly died = 0;
  readonly hung = 0;
  private readonly redis: RedisConnection;
  private readonly queue: Queue<CampaignTask, TaskAnswer>;
  private readonly events: QueueEvents;
  /** Jobs that are waited for. The function is called if Redis has lost the job. */
  private readonly pending = new Map<Job<CampaignTask, TaskAnswer>, () => void>();
  /** Rejects when Redis is gone for good. */
  private readonly gone: Promise<never>;

  private constructor(redis: RedisConnection, name: string, gone: Promise<never>) {
    super();
    const { bullmq, connection } = redis;
    this.redis = redis;
    this.gone = gone;
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
    gone.catch(() => {});
    const redis = await connectRedis(url, onGone);
    const executor = new QueueExecutor(redis, queueName(version), gone);
    await executor.events.waitUntilReady();
    return executor;
  }

  /** Removes jobs that no worker has begun. */
  async close(): Promise<void> {
    const { connection } = this.redis;
    if (connection.status === 'ready') {
      await Promise.allSettled([...this.pending.keys()].map((job) => job.remove()));
      await Promise.allSettled([this.queue.close(), this.events.close()]);
    }
    connection.disconnect();
    this.events.disconnect().catch(() => {});
  }

  async answerTo(task: CampaignTask): Promise<TaskAnswer> {
    for (;;) {
      const answer = await this.submit(task);
      if (answer !== 'lost') return answer;
    }
  }

  private async submit(task: CampaignTask): Promise<TaskAnswer | 'lost'> {
    // A random id: a Redis that has lost its data numbers jobs from 1 again.
    const options = { jobId: randomUUID(), removeOnComplete: { count: 1000 }, removeOnFail: { count: 1000 } };
    const job = await Promise.race([this.gone, this.queue.add('task', task, options)]);
    const lost = new Promise<'lost'>((resolve) => this.pending.set(job, () => resolve('lost')));
    try {
      return await Promise.race([this.gone, job.waitUntilFinished(this.events), lost]);
    } finally {
      this.pending.delete(job);
    }
  }

  /** A Redis that comes back may have lost its jobs. */
  private async findLostJobs(): Promise<void> {
    for (const [job, onLost] of this.pending) if ((await this.queue.getJob(job.id!)) === undefined) onLost();
  }
}
