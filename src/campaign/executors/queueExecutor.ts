import { randomUUID } from 'node:crypto';
import type { Job, Queue, QueueEvents } from 'bullmq';
import { BadInput } from '../../input/badInput.ts';
import type { Batch, BatchConfig, BatchDone } from '../batch.ts';
import { PLANNING_WINDOW } from '../state/campaignState.ts';
import type { MinimisedFailure, UnminimisedFailure } from '../state/findings.ts';
import type { CampaignTask } from './campaignWorker.ts';
import { queueName, type RedisConnection, reachRedis } from './redisConnection.ts';
import { type Executor, TaskAbandoned } from './threadPoolExecutor.ts';

/** What has come of a task: its result, or why there is none. */
export type QueueAnswer =
  | { readonly result: BatchDone | MinimisedFailure }
  | { readonly failed: { readonly name: string; readonly message: string } };

/** A crew of processes elsewhere, which take tasks from a queue: see `Hand`. */
export class QueueExecutor implements Executor {
  readonly hands = PLANNING_WINDOW;
  readonly died = 0;
  readonly hung = 0;
  private readonly reached: RedisConnection;
  private readonly queue: Queue<CampaignTask, QueueAnswer>;
  private readonly events: QueueEvents;
  /** With what is called where the Redis has lost one. */
  private readonly waiting = new Map<Job<CampaignTask, QueueAnswer>, () => void>();
  private readonly gone: Promise<never>;

  private constructor(reached: RedisConnection, name: string, gone: Promise<never>) {
    const { bullmq, connection } = reached;
    this.reached = reached;
    this.gone = gone;
    this.queue = new bullmq.Queue(name, { connection });
    this.events = new bullmq.QueueEvents(name, { connection: connection.duplicate() });
    this.queue.on('error', () => {});
    this.events.on('error', () => {});
    // Each task that is waited for listens.
    this.queue.setMaxListeners(0);
    this.events.setMaxListeners(0);
    connection.on('ready', () => void this.missLost().catch(() => {}));
  }

  /** Throws `BadInput` where there is no Redis. */
  static async reach(url: string, version: string): Promise<QueueExecutor> {
    let isGone: (error: Error) => void = () => {};
    const gone = new Promise<never>((_, reject) => {
      isGone = reject;
    });
    gone.catch(() => {});
    const reached = await reachRedis(url, isGone);
    const queued = new QueueExecutor(reached, queueName(version), gone);
    await queued.events.waitUntilReady();
    return queued;
  }

  run(batch: Batch, work: BatchConfig): Promise<BatchDone> {
    return this.do({ do: 'run', batch, work }) as Promise<BatchDone>;
  }

  makeSmall(open: UnminimisedFailure, work: BatchConfig): Promise<MinimisedFailure> {
    return this.do({ do: 'make small', open, work }) as Promise<MinimisedFailure>;
  }

  /** Takes back what nobody has begun. */
  async close(): Promise<void> {
    const { connection } = this.reached;
    if (connection.status === 'ready') {
      await Promise.allSettled([...this.waiting.keys()].map((job) => job.remove()));
      await Promise.allSettled([this.queue.close(), this.events.close()]);
    }
    connection.disconnect();
    this.events.disconnect().catch(() => {});
  }

  private async do(task: CampaignTask): Promise<BatchDone | MinimisedFailure> {
    for (;;) {
      const answer = await this.once(task);
      if (answer === 'lost') continue;
      if ('result' in answer) return answer.result;
      const { name, message } = answer.failed;
      throw name === 'BadInput' ? new BadInput(message) : new TaskAbandoned(message);
    }
  }

  private async once(task: CampaignTask): Promise<QueueAnswer | 'lost'> {
    // A name of its own: a Redis that has lost everything counts from 1 again.
    const options = { jobId: randomUUID(), removeOnComplete: { count: 1000 }, removeOnFail: { count: 1000 } };
    const job = await Promise.race([this.gone, this.queue.add('task', task, options)]);
    const lost = new Promise<'lost'>((resolve) => this.waiting.set(job, () => resolve('lost')));
    try {
      return await Promise.race([this.gone, job.waitUntilFinished(this.events), lost]);
    } finally {
      this.waiting.delete(job);
    }
  }

  /** A Redis that comes again may have nothing of what it had. */
  private async missLost(): Promise<void> {
    for (const [job, isLost] of this.waiting) if ((await this.queue.getJob(job.id!)) === undefined) isLost();
  }
}
