import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../explore/limits.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { isTransient } from '../files/fileErrors.ts';
import { BadInput } from '../input/badInput.ts';
import { findingOf } from '../run/finding.ts';
import { type Batch, type BatchConfig, type BatchDone, EXECUTIONS } from './batch.ts';
import type { CampaignDirectory } from './directory/campaignDirectory.ts';
import { type Executor, TaskAbandoned } from './executors/threadPoolExecutor.ts';
import type { BatchEffect } from './state/campaignState.ts';
import type { MinimisedFailure, UnminimisedFailure } from './state/findings.ts';

/** How a campaign is run; what it does does not depend on it. */
export interface CampaignOptions {
  /** It ends with the batch that makes so many executions, or when so many seconds are over. */
  readonly executions: number;
  readonly seconds: number;
  /** Ends it: what was begun is let be, and done again when it goes on. */
  readonly signal?: AbortSignal;
  /** Called whenever something was taken in. */
  readonly onProgress?: (status: Status) => void;
}

/** How it goes. */
export interface Status {
  readonly executions: number;
  readonly secondsLeft: number;
  readonly died: number;
  readonly hung: number;
  /** Why nothing is written at the moment; undefined: it is. */
  readonly notWritten: string | undefined;
}

/** What ended it, and how many workers died and hung. */
export interface CampaignEnd {
  readonly by: 'executions' | 'seconds' | 'signal';
  readonly died: number;
  readonly hung: number;
}

/** Between two tries to write to a disk that has no room. */
const RETRY_MS = 1000;

/**
 * Runs a campaign on, from where it stands. Batches are done by workers in any order, and taken in one after the other; the journal has each before anything else
 * knows of it, so that a process that ends at any moment has lost only what is done again.
 */
export async function runCampaign(
  store: CampaignDirectory,
  crew: Executor,
  running: CampaignOptions,
): Promise<CampaignEnd> {
  const by = await new Campaign(store, crew, running).run();
  return { by, died: crew.died, hung: crew.hung };
}

class Campaign {
  private readonly store: CampaignDirectory;
  private readonly crew: Executor;
  private readonly running: CampaignOptions;
  private readonly deadline: Deadline;
  /** By number of a batch, and key of a failure: tasks that were begun. Each ends well: what went wrong is its result. */
  private readonly batches = new Map<number, Promise<void>>();
  private readonly small = new Map<string, Promise<void>>();
  private readonly done = new Map<number, BatchDone | Error>();
  private readonly made = new Map<string, MinimisedFailure | Error>();
  private readonly task: BatchConfig;
  private working = 0;
  private notWritten: string | undefined;
  private wake = (): void => {};

  constructor(store: CampaignDirectory, crew: Executor, running: CampaignOptions) {
    this.store = store;
    this.crew = crew;
    this.running = running;
    this.deadline = new Deadline(running.seconds);
    const { memoryModel, tearing, stepsMax } = store.progress.settings;
    this.task = { memoryModel, tearing, stepsMax };
  }

  async run(): Promise<CampaignEnd['by']> {
    const { progress } = this.store;
    const { signal } = this.running;
    signal?.addEventListener('abort', () => this.wake());
    const over = setTimeout(() => this.wake(), Math.min(this.running.seconds * 1000, 2 ** 31 - 1));
    try {
      for (;;) {
        if (signal?.aborted) return 'signal';
        const isLast = this.isLast();
        const isLate = this.isLate();
        if (isLate && this.notWritten !== undefined) return 'seconds';
        // When the time is over, one of each property that failed is made small yet: the others are, when the campaign goes on.
        if (isLast && progress.findings.open.length === 0) return 'executions';
        if (isLate && !progress.findings.isOneMissing) return 'seconds';
        this.begin(!isLast && !isLate);
        const awake = new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        if (!this.isNextDone(!isLast && !isLate)) await awake;
        await this.takeIn(!isLast && !isLate);
        this.running.onProgress?.(this.status());
      }
    } finally {
      clearTimeout(over);
    }
  }

  /** Batches that could not be run count as run. */
  private isLast(): boolean {
    return this.store.progress.next * EXECUTIONS >= this.running.executions;
  }

  private isLate(): boolean {
    return this.deadline.seconds >= this.running.seconds;
  }

  private status(): Status {
    const { died, hung } = this.crew;
    const secondsLeft = this.running.seconds - this.deadline.seconds;
    return { executions: this.store.progress.counts.executions, secondsLeft, died, hung, notWritten: this.notWritten };
  }

  /** Gives work to all workers. Failures come first, and to half of them: many fail at once, and the campaign goes on. */
  private begin(goesOn: boolean): void {
    const { progress } = this.store;
    const most = this.crew.hands;
    for (const open of progress.findings.open) {
      const { key } = open.failed;
      if (this.working >= most || (goesOn && this.small.size - this.made.size >= most / 2)) break;
      if (!this.small.has(key)) this.small.set(key, this.work(this.makeSmall(open)));
    }
    if (!goesOn) return;
    for (const batch of progress.ahead) {
      if (this.working >= most || batch.number * EXECUTIONS >= this.running.executions) return;
      if (!this.batches.has(batch.number)) this.batches.set(batch.number, this.work(this.runBatch(batch)));
    }
  }

  private async work(task: Promise<void>): Promise<void> {
    this.working++;
    await task;
    this.working--;
    this.wake();
  }

  private async runBatch(batch: Batch): Promise<void> {
    try {
      this.done.set(batch.number, await this.crew.run(batch, this.task));
    } catch (error) {
      this.done.set(batch.number, error as Error);
    }
  }

  private async makeSmall(open: UnminimisedFailure): Promise<void> {
    const { key } = open.failed;
    try {
      this.made.set(key, await this.crew.makeSmall(open, this.task));
    } catch (error) {
      this.made.set(key, error as Error);
    }
  }

  private isNextDone(goesOn: boolean): boolean {
    const { progress } = this.store;
    const [open] = progress.findings.open;
    return (open !== undefined && this.made.has(open.failed.key)) || (goesOn && this.done.has(progress.next));
  }

  /** Takes in what is done, in order. */
  private async takeIn(goesOn: boolean): Promise<void> {
    const { store } = this;
    const { progress } = store;
    for (let [open] = progress.findings.open; open !== undefined; [open] = progress.findings.open) {
      const { key } = open.failed;
      const done = this.made.get(key);
      if (done === undefined) break;
      const made = this.madeOf(open, done);
      if (!(await this.written(() => store.made(made)))) break;
      this.made.delete(key);
      this.small.delete(key);
    }
    while (goesOn && !this.isLast()) {
      const done = this.done.get(progress.next);
      if (done === undefined) return;
      const number = progress.next;
      const effect = this.effectOf(done);
      if (!(await this.written(() => store.took(effect)))) return;
      this.done.delete(number);
      this.batches.delete(number);
    }
  }

  /** A failure that nobody could make small is a finding all the same. */
  private madeOf(open: UnminimisedFailure, done: MinimisedFailure | Error): MinimisedFailure {
    if (!(done instanceof Error)) return done;
    if (!(done instanceof TaskAbandoned || done instanceof BadInput)) throw done;
    return asFound(open, this.store.progress.settings);
  }

  private effectOf(done: BatchDone | Error): BatchEffect {
    const { progress } = this.store;
    if (!(done instanceof Error)) return progress.effectOf(done);
    const [{ number, isBase }] = progress.ahead;
    if (done instanceof TaskAbandoned || (done instanceof BadInput && !isBase))
      return progress.lossOf(number, done.message);
    throw done;
  }

  /** Writes, as soon as the disk has room. Returns false where the campaign is to end before. */
  private async written(write: () => void): Promise<boolean> {
    for (;;) {
      try {
        write();
        this.notWritten = undefined;
        return true;
      } catch (error) {
        if (!isTransient(error)) throw error;
        this.notWritten = (error as Error).message;
      }
      this.running.onProgress?.(this.status());
      if (this.running.signal?.aborted || this.isLate()) return false;
      await sleep(RETRY_MS);
    }
  }
}

/** As it was found. */
function asFound(
  { failed, source }: UnminimisedFailure,
  { memoryModel, tearing }: CampaignDirectory['progress']['settings'],
): MinimisedFailure {
  const { key, property, message } = failed;
  const schedule = parseSchedule(failed.schedule)!;
  return { key, least: key, finding: findingOf({ source, memoryModel, tearing, property, message, schedule }) };
}
