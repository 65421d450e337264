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
  private readonly waiting = new Set<Job<CampaignTask, Answer>>();
  private readonly gone: Promise<never>;

  private constructor(reached: Reached, name: string, gone: Promise<never>) {
    const { bullmq, connection } = reached;
    this.reached = reached;
    this.gone = gone;
    this.queue = new bullmq.Queue(name, { connection });
    this.events = new bullmq.QueueEvents(name, { connection: connection.duplicate() });
    this.queue.on('error', () => {});
    this.events.on('error', () => {});
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
      await Promise.allSettled([...this.waiting].map((job) => job.remove()));
      await Promise.allSettled([this.queue.close(), this.events.close()]);
    }
    connection.disconnect();
    this.events.disconnect().catch(() => {});
  }

  private async do(task: CampaignTask): Promise<BatchDone | Made> {
    const job = await Promise.race([
      this.gone,
      this.queue.add('task', task, { removeOnComplete: { count: 1000 }, removeOnFail: { count: 1000 } }),
    ]);
    this.waiting.add(job);
    try {
      const answer = await Promise.race([this.gone, job.waitUntilFinished(this.events)]);
      if ('result' in answer) return answer.result;
      const { name, message } = answer.failed;
      throw name === 'BadInput' ? new BadInput(message) : new GaveUp(message);
    } finally {
      this.waiting.delete(job);
    }
  }
}
