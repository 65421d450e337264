import { Piscina } from 'piscina';
import type { Limits } from '../../explore/limits.ts';
import { UNSUPPORTED_ACCESS } from '../../explore/trust/trust.ts';
import type { WorkBatch } from '../../explore/work/batchedSearch.ts';
import { BadInput } from '../../input/badInput.ts';
import type { OpenedScenario } from '../../scenario/scenarioRef.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import { createRun } from '../createRun.ts';
import { type CompletedWork, cancelWork, createWorkCounter, inOrder, runClaimedWork } from './completedWork.ts';
import { withoutRefuted } from './deepening.ts';
import { createBatchedSearch, createSearchWorker, searchWithGraphCache, toSearchResult } from './search.ts';
import type { Search, Searched } from './searchSpec.ts';
import type { BatchTask } from './searchWorker.ts';

/**
 * Threads that search together: this one, and workers. The result depends on neither their number
 * nor their speed (see `BatchedSearch`); it is that of `searchHere` on one thread.
 */
export class SearchPool {
  private readonly others: number;
  private readonly pool: Piscina;

  /** @param threads all of them, this one included; two or more. */
  constructor(threads: number) {
    this.others = threads - 1;
    this.pool = new Piscina({
      filename: workerFile('run/search/searchWorker'),
      minThreads: this.others,
      maxThreads: this.others,
      idleTimeout: Infinity,
    });
  }

  async search(what: OpenedScenario, search: Search, limits: Limits): Promise<Searched> {
    if ('inMemory' in what.source)
      throw new BadInput(
        `scenario ${what.source.name} was made in memory: other threads cannot build it, so it is searched on one`,
      );
    const searches = withoutRefuted(search, limits);
    let step = searches.next();
    while (!step.done) step = searches.next(await this.searchOnce(what, step.value.search, step.value.limits));
    return step.value;
  }

  private async searchOnce({ source, scenario }: OpenedScenario, search: Search, limits: Limits): Promise<Searched> {
    const run = createRun(scenario, search.stepsMax, search, [], search.loopRules);
    const batched = createBatchedSearch(run, search, limits);
    const worker = createSearchWorker(run, search, limits);
    const missing = new Set(run.checker.missing);
    /** Starts a batch on the other threads. They go on to the next one without waiting for this thread. */
    const begin = (batch: WorkBatch): Begun => {
      const control = createWorkCounter();
      const few = Math.min(this.others, batch.items.length - 1);
      const task: BatchTask = { source, search, batch, control };
      return { control, others: Promise.all(Array.from({ length: Math.max(0, few) }, () => this.pool.run(task))) };
    };
    let begun: Begun | undefined;
    const all = batched.batches();
    for (let step = all.next(); !step.done; ) {
      const { now, ahead } = step.value;
      const { control, others } = begun ?? begin(now);
      begun = ahead.items.length > 0 ? begin(ahead) : undefined;
      const mine = runClaimedWork(run, worker, now, control);
      const shares = inOrder([mine, ...(await others)].flat());
      for (const { reached } of shares) for (const name of reached) missing.delete(name);
      step = all.next(shares.map(({ done }) => done));
    }
    if (begun !== undefined) {
      cancelWork(begun.control);
      await begun.others;
    }
    if (batched.progress.limit === UNSUPPORTED_ACCESS) return searchWithGraphCache(scenario, search, limits);
    return toSearchResult(batched, [...missing], search);
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

interface Begun {
  readonly control: SharedArrayBuffer;
  readonly others: Promise<CompletedWork[][]>;
}
