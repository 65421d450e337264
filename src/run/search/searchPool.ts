import type { Piscina } from 'piscina';
import type { Limits } from '../../explore/limits.ts';
import type { WorkBatch } from '../../explore/parallel/batchedSearch.ts';
import { BadInput } from '../../input/badInput.ts';
import { createPool, destroyPool } from '../../process/pool.ts';
import type { OpenedScenario } from '../../scenario/scenarioRef.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import { createRun } from '../createRun.ts';
import {
  type CompletedWork,
  cancelWork,
  completedInOrder,
  createWorkCounter,
  runClaimedWork,
} from './completedWork.ts';
import { createBatchedSearch, createSearchWorker } from './createBatchedSearch.ts';
import { withoutRefutedLoops } from './deepening.ts';
import { batchedResult } from './results.ts';
import { searchWithGraphCache } from './search.ts';
import type { ScenarioSearchResult, SearchSpec } from './searchSpec.ts';
import type { SearchTask } from './searchWorker.ts';

/**
 * Searches a scenario on several threads: this one, and workers. The result depends on neither
 * their number nor their speed (see `BatchedSearch`). It is that of `searchHere`.
 */
export class SearchPool {
  private readonly workers: number;
  private readonly pool: Piscina;

  /** @param threads all of them, this one included; two or more. */
  constructor(threads: number) {
    this.workers = threads - 1;
    this.pool = createPool(workerFile('run/search/searchWorker'), this.workers);
  }

  /**
   * Rejects with `BadInput` if the search does not apply, or if other threads cannot build the
   * scenario.
   */
  async search(opened: OpenedScenario, search: SearchSpec, limits: Limits): Promise<ScenarioSearchResult> {
    if ('inMemory' in opened.source)
      throw new BadInput(
        `scenario ${opened.source.name} was made in memory: other threads cannot build it, so it is searched on one`,
      );
    const searches = withoutRefutedLoops(search, limits);
    let step = searches.next();
    while (!step.done) step = searches.next(await this.searchOnce(opened, step.value.search, step.value.limits));
    return step.value;
  }

  private async searchOnce(
    { source, scenario }: OpenedScenario,
    search: SearchSpec,
    limits: Limits,
  ): Promise<ScenarioSearchResult> {
    const run = createRun(scenario, search.stepsMax, search, [], search.loopRules);
    const batched = createBatchedSearch(run, search, limits);
    const worker = createSearchWorker(run, search, limits.seconds);
    const missing = new Set(run.checker.missing);
    const start = (batch: WorkBatch): StartedBatch => {
      const control = createWorkCounter();
      return { control, completed: this.startOnWorkers({ source, search, batch, control }) };
    };
    let started: StartedBatch | undefined;
    const batches = batched.batches();
    for (let step = batches.next(); !step.done; ) {
      const { now, ahead } = step.value;
      const { control, completed } = started ?? start(now);
      // The workers go on to the next batch without waiting for this thread.
      started = ahead.items.length > 0 ? start(ahead) : undefined;
      const own = runClaimedWork(run, worker, now, control);
      const all = completedInOrder([own, ...(await completed)].flat());
      for (const { reached } of all) for (const name of reached) missing.delete(name);
      step = batches.next(all.map(({ result }) => result));
    }
    if (started !== undefined) {
      cancelWork(started.control);
      await started.completed;
    }
    if (batched.progress.limit?.kind === 'unsupported') return searchWithGraphCache(scenario, search, limits);
    return batchedResult(batched, [...missing], search);
  }

  async close(): Promise<void> {
    await destroyPool(this.pool);
  }

  /** Runs a batch on as many workers as it has items for, beside this thread. */
  private startOnWorkers(task: SearchTask): Promise<CompletedWork[][]> {
    const workers = Math.max(0, Math.min(this.workers, task.batch.items.length - 1));
    const completed = Promise.all(Array.from({ length: workers }, () => this.pool.run(task)));
    // If this thread throws first, nothing waits for them.
    completed.catch(() => {});
    return completed;
  }
}

interface StartedBatch {
  readonly control: SharedArrayBuffer;
  /** By worker. */
  readonly completed: Promise<CompletedWork[][]>;
}
