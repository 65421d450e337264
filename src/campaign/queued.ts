import { randomUUID } from 'node:crypto';
import type { Job, Queue, QueueEvents } from 'bullmq';
import { BadInput } from '../scenario/badInput.ts';
import type { Batch, BatchDone, Work } from './batch.ts';
import type { CampaignTask } from './campaignWorker.ts';
import { type Crew, GaveUp } from './crew.ts';
import type { Made, Open } from './findings.ts';
import { AHEAD } from './progress.ts';
import { queueName, type Reached, reachRedis } from './redis.ts';

/** What has come of a task: its result, or why there is none. */
export type Answer =
  | { readonly result: BatchDone | Made }
  | { readonly failed: { readonly name: string; readonly message: string } };

/** A crew of processes elsewhere, which take tasks from a queue: see `Hand`. */
export class Queued implements Crew {
  readonly hands = AHEAD;
  readonly died = 0;
  readonly hung = 0;
  private readonly reached: Reached;
  private readonly queue: Queue<CampaignTask, Answer>;
  private readonly events: QueueEvents;
  /** With what is called where the Redis has lost one. */
  private readonly waiting = new Map<Job<CampaignTask, Answer>, () => void>();
  private readonly gone: Promise<never>;

  private constructor(reached: Reached, name: string, gone: Promise<never>) {
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
  static async reach(url: string, version: string, canary: string | undefined): Promise<Queued> {
    let isGone: (error: Error) => void = () => {};
    const gone = new Promise<never>((_, reject) => {
      isGone = reject;
    });
    gone.catch(() => {});
    const reached = await reachRedis(url, isGone);
    const queued = new Queued(reached, queueName(version, canary), gone);
    await queued.events.waitUntilReady();
    return queued;
  }

  run(batch: Batch, work: Work): Promise<BatchDone> {
    return this.do({ do: 'run', batch, work }) as Promise<BatchDone>;
  }

  makeSmall(open: Open, work: Work, canary: string | undefined): Promise<Made> {
    return this.do({ do: 'make small', open, work, canary }) as Promise<Made>;
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

  private async do(task: CampaignTask): Promise<BatchDone | Made> {
    for (;;) {
      const answer = await this.once(task);
      if (answer === 'lost') continue;
      if ('result' in answer) return answer.result;
      const { name, message } = answer.failed;
      throw name === 'BadInput' ? new BadInput(message) : new GaveUp(message);
    }
  }

  private async once(task: CampaignTask): Promise<Answer | 'lost'> {
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
