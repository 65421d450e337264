import type { Piscina } from 'piscina';
import { createPool } from '../../process/pool.ts';
import { isAbortedBy } from '../../run/endedBy.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import { type CampaignTask, Executor, type TaskAnswer } from './executor.ts';

/** How often a task is tried before it is abandoned. */
const ATTEMPTS = 3;
/** Node fires a longer timer at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * Runs tasks on worker threads. A thread that dies or takes too long is replaced, and its task is
 * tried again. This is safe because a task has no side effects.
 */
export class ThreadPoolExecutor extends Executor {
  readonly capacity: number;
  died = 0;
  hung = 0;
  private readonly pool: Piscina;
  private readonly patienceSeconds: number;
  /** Tasks that have a thread. */
  private tasksRunning = 0;
  /** Tasks that wait for a thread: each starts its timer when it gets one. */
  private readonly waiting: (() => void)[] = [];

  /** @param patienceSeconds how long one task may take. */
  constructor(workers: number, patienceSeconds: number) {
    super();
    // One more task than threads, so that no thread waits for the coordinator.
    this.capacity = workers + 1;
    this.patienceSeconds = patienceSeconds;
    this.pool = createPool(workerFile('campaign/executors/campaignWorker'), workers);
    // An error of a task rejects that task. The pool itself reports an answer that comes while it
    // is being closed. Nothing waits for that answer.
    this.pool.on('error', () => {});
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  async answerTo(task: CampaignTask): Promise<TaskAnswer> {
    for (let attempt = 1; ; attempt++) {
      const timeout = new AbortController();
      try {
        return await this.attempt(task, timeout);
      } catch (error) {
        const isHung = isAbortedBy(timeout.signal, error);
        if (isHung) this.hung++;
        else this.died++;
        if (attempt === ATTEMPTS) {
          const late = `no worker came back within ${this.patienceSeconds} seconds`;
          return { kind: 'abandoned', message: isHung ? late : (error as Error).message };
        }
      }
    }
  }

  /** The time of a task begins when it gets a thread: `capacity` lets one task wait. */
  private async attempt(task: CampaignTask, timeout: AbortController): Promise<TaskAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const startTimer = (): void => {
      this.tasksRunning++;
      timer = setTimeout(() => timeout.abort(), Math.min(this.patienceSeconds * 1000, TIMER_MAX_MS));
    };
    if (this.tasksRunning < this.pool.maxThreads) startTimer();
    else this.waiting.push(startTimer);
    try {
      return await this.pool.run(task, { signal: timeout.signal });
    } finally {
      clearTimeout(timer);
      if (timer === undefined) this.waiting.splice(this.waiting.indexOf(startTimer), 1);
      else {
        this.tasksRunning--;
        this.waiting.shift()?.();
      }
    }
  }
}
