import type { WorkBatch } from '../../explore/work/batchedSearch.ts';
import type { SearchWorker } from '../../explore/work/searchWorker.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { type CheckedExecution, createRun } from '../createRun.ts';
import { type CompletedWork, runClaimedWork } from './completedWork.ts';
import { doerOf } from './search.ts';
import type { Search } from './searchSpec.ts';

/** A round, of which a worker does its share. */
export interface RoundTask {
  readonly source: ScenarioRef;
  readonly search: Search;
  readonly round: WorkBatch;
  /** See `doShare`. */
  readonly control: SharedArrayBuffer;
}

/** What this worker is set up for: all rounds of a search, and all searches alike, go on with it. */
let ready: { readonly key: string; readonly run: CheckedExecution; readonly doer: SearchWorker } | undefined;

export default async function runParts({ source, search, round, control }: RoundTask): Promise<CompletedWork[]> {
  const key = JSON.stringify([source, search]);
  if (ready?.key !== key) {
    const run = createRun(await openScenario(source), search.stepsMax, search, [], search.loopRules);
    ready = { key, run, doer: doerOf(run, search, round.limits) };
  }
  return runClaimedWork(ready.run, ready.doer, round, control);
}
