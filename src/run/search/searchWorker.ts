import type { WorkBatch } from '../../explore/parallel/batchedSearch.ts';
import type { SearchWorker } from '../../explore/parallel/searchWorker.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { type CheckedExecution, createRun } from '../createRun.ts';
import { type CompletedWork, runClaimedWork } from './completedWork.ts';
import { createSearchWorker } from './createBatchedSearch.ts';
import type { SearchSpec } from './searchSpec.ts';

/** A batch, of which a thread runs some items. */
export interface SearchTask {
  readonly source: ScenarioRef;
  readonly search: SearchSpec;
  readonly batch: WorkBatch;
  /** See `runClaimedWork`. */
  readonly control: SharedArrayBuffer;
}

/** What this thread is set up for. All batches of a search use it, and all equal searches. */
let ready: { readonly key: string; readonly run: CheckedExecution; readonly worker: SearchWorker } | undefined;

export default async function runItems({ source, search, batch, control }: SearchTask): Promise<CompletedWork[]> {
  const key = JSON.stringify([source, search]);
  if (ready?.key !== key) {
    const run = createRun(await openScenario(source), search.stepsMax, search, [], search.loopRules);
    ready = { key, run, worker: createSearchWorker(run, search, batch.limits.seconds) };
  }
  return runClaimedWork(ready.run, ready.worker, batch, control);
}
