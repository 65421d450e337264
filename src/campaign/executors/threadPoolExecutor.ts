import { Piscina } from 'piscina';
import { BadInput } from '../../input/badInput.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import type { Batch, BatchConfig, BatchDone } from '../batch.ts';
import type { MinimisedFailure, UnminimisedFailure } from '../state/findings.ts';
import type { CampaignTask } from './campaignWorker.ts';

/** How often a task is given to a worker before it is given up. */
const TRIES = 3;
/** A longer timer would be over at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Whoever does the tasks of campaigns. */
export interface Executor {
  /** How many tasks there should be at a time, so that none of them waits. */
  readonly hands: number;
  /** How many died, and how many were ended because they did not come back. */
  readonly died: number;
  readonly hung: number;
  /** Throws `BadInput` where the scenario cannot be run at all, and `GaveUp`. */
  run(batch: Batch, work: BatchConfig): Promise<BatchDone>;
  /** The same for a failure that is to be made small. */
  makeSmall(open: UnminimisedFailure, work: BatchConfig): Promise<MinimisedFailure>;
  close(): Promise<void>;
}

/** Worker threads. One that dies, or does not come back in time, is replaced, and its task is done again: it has left nothing behind. */
export class ThreadPoolExecutor implements Executor {
  readonly hands: number;
  died = 0;
  hung = 0;
  private readonly pool: Piscina;
  private readonly patienceSeconds: number;
  /** How many tasks have a thread; and those that wait for one, each with what begins its time. */
  private begun = 0;
  private readonly line: (() => void)[] = [];

  /** @param patienceSeconds how long one task may take. */
  constructor(workers: number, patienceSeconds: number) {
    // One more than there are, so that none waits for the thread that gives them work.
    this.hands = workers + 1;
    this.patienceSeconds = patienceSeconds;
    this.pool = new Piscina({
      filename: workerFile('campaign/executors/campaignWorker'),
      minThreads: workers,
      maxThreads: workers,
      idleTimeout: Infinity,
    });
    // What concerns a task rejects it. What is left is an answer that comes when it is no longer waited for, as the pool is being closed.
    this.pool.on('error', () => {});
  }

  run(batch: Batch, work: BatchConfig): Promise<BatchDone> {
    return this.do({ do: 'run', batch, work }) as Promise<BatchDone>;
  }

  makeSmall(open: UnminimisedFailure, work: BatchConfig): Promise<MinimisedFailure> {
    return this.do({ do: 'make small', open, work }) as Promise<MinimisedFailure>;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** Any of them, as data. */
  async do(task: CampaignTask): Promise<BatchDone | MinimisedFailure> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.once(task);
      } catch (error) {
        const { name, message } = error as Error;
        if (name === 'BadInput') throw new BadInput(message);
        const isHung = name === 'AbortError';
        if (isHung) this.hung++;
        else this.died++;
        if (tries === TRIES)
          throw new TaskAbandoned(isHung ? `no worker came back within ${this.patienceSeconds} seconds` : message);
      }
    }
  }

  /** The time of a task begins when there is a thread for it: one waits in line, see `hands`. */
  private async once(task: CampaignTask): Promise<BatchDone | MinimisedFailure> {
    const ends = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const begin = (): void => {
      this.begun++;
      timer = setTimeout(() => ends.abort(), Math.min(this.patienceSeconds * 1000, TIMER_MAX_MS));
    };
    if (this.begun < this.pool.maxThreads) begin();
    else this.line.push(begin);
    try {
      return await this.pool.run(task, { signal: ends.signal });
    } finally {
      clearTimeout(timer);
      if (timer === undefined) this.line.splice(this.line.indexOf(begin), 1);
      else {
        this.begun--;
        this.line.shift()?.();
      }
    }
  }
}

/** A task that no worker could do. */
export class TaskAbandoned extends Error {
  override readonly name = 'GaveUp';
}
