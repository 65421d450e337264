import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../explore/limits.ts';
import { isTransient } from '../files/fileErrors.ts';
import { BadInput } from '../input/badInput.ts';
import type { Finding } from '../run/finding.ts';
import { BATCH_EXECUTIONS, type Batch, type BatchConfig, type BatchResult } from './batch.ts';
import type { CampaignDirectory } from './directory/campaignDirectory.ts';
import { type Executor, TaskAbandoned, TimeOver } from './executors/executor.ts';
import { findingAsFound } from './findingAsFound.ts';
import type { CampaignSettings } from './settings.ts';
import { diffBatch, lostBatchEffect } from './state/diffBatch.ts';
import type { BatchEffect } from './state/events.ts';
import type { MinimisedFailure, UnminimisedFailure } from './state/findings.ts';

/** When a campaign ends, and what is told. What the campaign does does not depend on it. */
export interface CampaignOptions {
  /** It ends with the batch that reaches this number of executions. */
  readonly executions: number;
  /** It ends after this time. */
  readonly seconds: number;
  /** Ends it at once. Batches that are running are dropped, and run again when it is resumed. */
  readonly signal?: AbortSignal;
  /** Called whenever results were applied. */
  readonly onProgress?: (status: CampaignStatus) => void;
}

/** The progress of a campaign. */
export interface CampaignStatus {
  readonly executions: number;
  readonly secondsLeft: number;
  /** See `Executor`. */
  readonly died: number;
  readonly hung: number;
  /** Why the journal cannot be written at the moment. Undefined if it can. */
  readonly writeError: string | undefined;
}

/** What ended a campaign. */
export interface CampaignEnd {
  readonly by: 'executions' | 'seconds' | 'signal';
  /** Why results could not be written. Null: all are. */
  readonly writeError: string | null;
  /** What was found in these results, as it was found. */
  readonly unwritten: readonly Finding[];
  /** See `Executor`. */
  readonly died: number;
  readonly hung: number;
}

/** Milliseconds between two attempts to write to a full disk. */
const RETRY_MS = 1000;

/**
 * Runs a campaign from its current state. Workers run batches in any order; results are applied in
 * the order of batches. The journal has a result before the state does, so a process that is killed
 * at any moment loses only work that is done again.
 */
export async function runCampaign(
  directory: CampaignDirectory,
  executor: Executor,
  options: CampaignOptions,
): Promise<CampaignEnd> {
  const coordinator = new Coordinator(directory, executor, options);
  const by = await coordinator.run();
  return { by, ...coordinator.unwritten(), died: executor.died, hung: executor.hung };
}

class Coordinator {
  private readonly directory: CampaignDirectory;
  private readonly executor: Executor;
  private readonly options: CampaignOptions;
  private readonly deadline: Deadline;
  private readonly config: BatchConfig;
  /**
   * Started tasks: batches by number, failures by key. Entries are removed when the result is
   * applied.
   */
  private readonly startedBatches = new Set<number>();
  private readonly startedFailures = new Set<string>();
  /** Results that are not applied yet, or why there is none. */
  private readonly batchResults = new Map<number, BatchResult | Error>();
  private readonly minimised = new Map<string, MinimisedFailure | Error>();
  private tasksRunning = 0;
  private writeError: string | undefined;
  /** Resumes `run`. */
  private wake = (): void => {};

  constructor(directory: CampaignDirectory, executor: Executor, options: CampaignOptions) {
    this.directory = directory;
    this.executor = executor;
    this.options = options;
    this.deadline = new Deadline(options.seconds);
    const { memoryModel, tearing, stepsMax } = directory.state.settings;
    this.config = { memoryModel, tearing, stepsMax };
  }

  async run(): Promise<CampaignEnd['by']> {
    const { signal } = this.options;
    signal?.addEventListener('abort', () => this.wake());
    for (;;) {
      if (signal?.aborted) return 'signal';
      const [isComplete, isLate] = [this.isComplete, this.isLate];
      const end = this.endNow(isComplete, isLate);
      if (end !== undefined) return end;
      const runsBatches = !isComplete && !isLate;
      this.startTasks(runsBatches);
      const awake = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      // Again and again, as a timer may fire a moment before the time is over.
      const timer = isLate ? undefined : setTimeout(() => this.wake(), this.millisecondsLeft);
      if (!this.canApply(runsBatches)) await awake;
      clearTimeout(timer);
      await this.applyResults(runsBatches);
      this.options.onProgress?.(this.status());
    }
  }

  /** Until the time is over; at least 1, and what a timer can wait. */
  private get millisecondsLeft(): number {
    return Math.min(Math.max(1, 1000 * (this.options.seconds - this.deadline.seconds)), 2 ** 31 - 1);
  }

  /** Whether enough executions were run. A batch that could not be run counts as run. */
  private get isComplete(): boolean {
    return this.directory.state.batches * BATCH_EXECUTIONS >= this.options.executions;
  }

  private get isLate(): boolean {
    return this.deadline.seconds >= this.options.seconds;
  }

  /**
   * After the last execution, all failures are minimised. When the time is over, one failure of
   * each property is minimised; the others are minimised when the campaign is resumed.
   */
  private endNow(isComplete: boolean, isLate: boolean): 'executions' | 'seconds' | undefined {
    const { findings } = this.directory.state;
    if (isLate && this.writeError !== undefined) return 'seconds';
    if (isComplete && findings.unminimised.length === 0) return 'executions';
    if (isLate && findings.withoutFinding.length === 0) return 'seconds';
    return undefined;
  }

  /** What could not be written. Call it at the end. */
  unwritten(): Pick<CampaignEnd, 'writeError' | 'unwritten'> {
    if (this.writeError === undefined) return { writeError: null, unwritten: [] };
    const { state } = this.directory;
    const keys = new Set<string>();
    const findings = [...this.batchResults].flatMap(([number, result]) => {
      const batch = state.planned.find((planned) => planned.number === number);
      if (result instanceof Error || batch === undefined) return [];
      return result.failures.flatMap((failure) => {
        if (state.findings.has(failure.key) || keys.has(failure.key)) return [];
        keys.add(failure.key);
        return [findingAsFound(failure, batch.source, state.settings)];
      });
    });
    return { writeError: this.writeError, unwritten: findings };
  }

  private status(): CampaignStatus {
    const { died, hung } = this.executor;
    const secondsLeft = this.options.seconds - this.deadline.seconds;
    const { executions } = this.directory.state.counts;
    return { executions, secondsLeft, died, hung, writeError: this.writeError };
  }

  /**
   * Starts as many tasks as the executor can run. Failures come first. Often many come at once, so
   * they get at most half of the workers while batches are run.
   */
  private startTasks(runsBatches: boolean): void {
    const { state } = this.directory;
    const { capacity } = this.executor;
    for (const unminimised of state.findings.unminimised) {
      const { key } = unminimised.failure;
      const minimising = this.startedFailures.size - this.minimised.size;
      if (this.tasksRunning >= capacity || (runsBatches && minimising >= capacity / 2)) break;
      if (this.startedFailures.has(key)) continue;
      this.startedFailures.add(key);
      this.start(this.minimise(unminimised));
    }
    if (!runsBatches) return;
    for (const batch of state.planned) {
      if (this.tasksRunning >= capacity || batch.number * BATCH_EXECUTIONS >= this.options.executions) return;
      if (this.startedBatches.has(batch.number)) continue;
      this.startedBatches.add(batch.number);
      this.start(this.runBatch(batch));
    }
  }

  /** @param task never rejects: an error is its result. */
  private start(task: Promise<void>): void {
    this.tasksRunning++;
    void task.then(() => {
      this.tasksRunning--;
      this.wake();
    });
  }

  private async runBatch(batch: Batch): Promise<void> {
    try {
      this.batchResults.set(batch.number, await this.executor.runBatch(batch, this.config));
    } catch (error) {
      // Its place is free for a failure that is minimised after the end.
      if (error instanceof TimeOver) return;
      this.batchResults.set(batch.number, error as Error);
    }
  }

  private async minimise(unminimised: UnminimisedFailure): Promise<void> {
    const { key } = unminimised.failure;
    try {
      this.minimised.set(key, await this.executor.minimise(unminimised, this.config));
    } catch (error) {
      this.minimised.set(key, error as Error);
    }
  }

  private canApply(runsBatches: boolean): boolean {
    const { findings, batches } = this.directory.state;
    const [first] = findings.unminimised;
    return (
      (first !== undefined && this.minimised.has(first.failure.key)) || (runsBatches && this.batchResults.has(batches))
    );
  }

  /** Applies the results that are there, in order. */
  private async applyResults(runsBatches: boolean): Promise<void> {
    const { directory } = this;
    const { state } = directory;
    for (let [first] = state.findings.unminimised; first !== undefined; [first] = state.findings.unminimised) {
      const { key } = first.failure;
      const result = this.minimised.get(key);
      if (result === undefined) break;
      const minimised = this.minimisedOrAsFound(first, result);
      if (!(await this.writeWithRetry(() => directory.applyMinimised(minimised)))) break;
      this.minimised.delete(key);
      this.startedFailures.delete(key);
    }
    while (runsBatches && !this.isComplete) {
      const number = state.batches;
      const result = this.batchResults.get(number);
      if (result === undefined) return;
      const effect = this.effectOf(result);
      if (!(await this.writeWithRetry(() => directory.applyBatch(effect)))) return;
      this.batchResults.delete(number);
      this.startedBatches.delete(number);
    }
  }

  /** A failure that no worker could minimise is recorded as it was found. */
  private minimisedOrAsFound(unminimised: UnminimisedFailure, result: MinimisedFailure | Error): MinimisedFailure {
    if (!(result instanceof Error)) return result;
    if (!(result instanceof TaskAbandoned || result instanceof BadInput)) throw result;
    return asFound(unminimised, this.directory.state.settings);
  }

  private effectOf(result: BatchResult | Error): BatchEffect {
    const { state } = this.directory;
    if (!(result instanceof Error)) return diffBatch(state, result);
    const { number, isBase } = state.nextBatch;
    if (result instanceof TaskAbandoned || (result instanceof BadInput && !isBase))
      return lostBatchEffect(number, result.message);
    throw result;
  }

  /** Waits while the disk is full. Returns false if the campaign ends before there is room. */
  private async writeWithRetry(write: () => void): Promise<boolean> {
    for (;;) {
      try {
        write();
        this.writeError = undefined;
        return true;
      } catch (error) {
        if (!isTransient(error)) throw error;
        this.writeError = (error as Error).message;
      }
      this.options.onProgress?.(this.status());
      if (this.options.signal?.aborted || this.isLate) return false;
      await sleep(RETRY_MS);
    }
  }
}

function asFound({ failure, source }: UnminimisedFailure, settings: CampaignSettings): MinimisedFailure {
  const { key } = failure;
  return { key, minimisedKey: key, finding: findingAsFound(failure, source, settings) };
}
