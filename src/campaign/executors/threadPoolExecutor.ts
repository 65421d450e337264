import type { Piscina } from 'piscina';
import { wallClock } from '../../explore/limits.ts';
import { createPool, destroyPool } from '../../process/pool.ts';
import { noteLeftOpen } from '../../process/supervision.ts';
import { isAbortedBy } from '../../run/endedBy.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import type { PoolAnswer, PoolTask } from './campaignWorker.ts';
import { type CampaignTask, Executor, type TaskAnswer } from './executor.ts';
import type { ModuleMessage } from './moduleFaults.ts';

/** How often a task is tried before it is abandoned. */
const ATTEMPTS = 3;
/** Seconds beyond its patience for a thread: it may have to load a module first. */
const GRACE_SECONDS = 5;
/** Milliseconds that threads have after the end to say what has not returned. */
const AFTER_END_MS = 600;
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
  private readonly until: number;
  /** The first that had not returned. */
  private readonly atEnd: Promise<string | undefined>;
  private onEnd: (running: string | undefined) => void = () => {};
  private readonly onLateFault: (message: string) => void;
  /** See `ModuleMessage`, by thread. */
  private readonly open = new Map<number, readonly string[]>();

  /**
   * @param patienceSeconds how long one task may take.
   * @param seconds after which no answer is needed any more.
   * @param onLateFault is told what a module has done outside of its tasks.
   */
  constructor(
    workers: number,
    patienceSeconds: number,
    seconds = Infinity,
    onLateFault: (message: string) => void = () => {},
  ) {
    super();
    this.onLateFault = onLateFault;
    this.atEnd = new Promise((resolve) => {
      this.onEnd = resolve;
    });
    this.until = wallClock() + seconds * 1000;
    // One more task than threads, so that no thread waits for the coordinator.
    this.capacity = workers + 1;
    this.patienceSeconds = patienceSeconds;
    this.pool = createPool(workerFile('campaign/executors/campaignWorker'), workers);
    // An error of a task rejects that task. The pool itself reports an answer that comes while it
    // is being closed. Nothing waits for that answer.
    this.pool.on('error', () => {});
    this.pool.on('message', (message: ModuleMessage) => this.receive(message));
  }

  async close(): Promise<void> {
    await destroyPool(this.pool);
    noteLeftOpen([...this.open.values()].flat());
  }

  override async runningAtEnd(): Promise<string | undefined> {
    const timer = setTimeout(() => this.onEnd(undefined), AFTER_END_MS);
    const running = await this.atEnd;
    clearTimeout(timer);
    return running;
  }

  private receive(message: ModuleMessage): void {
    if (message.kind === 'late fault') this.onLateFault(message.message);
    if (message.kind === 'open') this.open.set(message.thread, message.resources);
  }

  async answerTo(task: CampaignTask): Promise<TaskAnswer> {
    for (let attempt = 1; ; attempt++) {
      const timeout = new AbortController();
      let message: string;
      try {
        const answer = await this.attempt(task, timeout);
        if (answer.kind !== 'late') return answer;
        if (wallClock() >= this.until) {
          this.onEnd(answer.running);
          return { kind: task.kind === 'batch' ? 'time over' : 'abandoned', message: this.lateMessage(answer.running) };
        }
        this.hung++;
        message = this.lateMessage(answer.running);
      } catch (error) {
        const isHung = isAbortedBy(timeout.signal, error);
        if (isHung) this.hung++;
        else this.died++;
        message = isHung ? this.lateMessage() : (error as Error).message;
      }
      if (attempt === ATTEMPTS) return { kind: 'abandoned', message };
    }
  }

  /** @param running what had not returned. */
  private lateMessage(running?: string): string {
    const late = `no worker came back within ${this.patienceSeconds} seconds`;
    return running === undefined ? late : `${late}: ${running} had not returned`;
  }

  /** The time of a task begins when it gets a thread: `capacity` lets one task wait. */
  private async attempt(task: CampaignTask, timeout: AbortController): Promise<PoolAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const seconds = this.patienceSeconds;
    const startTimer = (): void => {
      this.tasksRunning++;
      timer = setTimeout(() => timeout.abort(), Math.min((seconds + GRACE_SECONDS) * 1000, TIMER_MAX_MS));
    };
    if (this.tasksRunning < this.pool.maxThreads) startTimer();
    else this.waiting.push(startTimer);
    try {
      return await this.pool.run({ task, seconds, until: this.until } satisfies PoolTask, { signal: timeout.signal });
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
