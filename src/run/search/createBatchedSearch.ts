import type { Limits } from '../../explore/limits.ts';
import { memoryModels } from '../../explore/memoryModels/registry.ts';
import { BatchedSearch } from '../../explore/parallel/batchedSearch.ts';
import { createWorkList, SearchWorker } from '../../explore/parallel/searchWorker.ts';
import { profileOf } from '../../explore/profile.ts';
import { createScheduler } from '../../explore/schedulers/registry.ts';
import { TraceCounter } from '../../explore/search/traceCounter.ts';
import { consistencyModelOf } from '../../explore/trust/consistencyModel.ts';
import { BadInput } from '../../input/badInput.ts';
import type { CheckedExecution } from '../createRun.ts';
import type { SearchSpec } from './searchSpec.ts';

/**
 * A search in batches. Each thread runs its items with a `createSearchWorker` of the same search.
 */
export function createBatchedSearch(
  { execution, checker }: CheckedExecution,
  { scheduler, reduction, memoryModel }: SearchSpec,
  limits: Limits,
): BatchedSearch {
  const optimal = memoryModels[memoryModel].isSequentiallyConsistent ? 'optimalDpor' : 'trust';
  const kind = scheduler !== 'exhaustive' ? 'sampling' : reduction === 'optimal' ? optimal : 'dfs';
  return new BatchedSearch(createWorkList(kind, execution, checker), limits);
}

/**
 * Runs the items of a search on one thread. Throws `BadInput` if the reduction does not apply.
 *
 * @param seconds limit of the time in which a scheduler profiles the program.
 */
export function createSearchWorker(
  { execution, checker }: CheckedExecution,
  search: SearchSpec,
  seconds: number,
): SearchWorker {
  const { scheduler, preemptions, reduction, memoryModel, seed, depth } = search;
  if (scheduler !== 'exhaustive') {
    const profile = profileOf(execution, seed, seconds);
    const options = { scheduler: createScheduler(scheduler, seed, profile, depth) };
    return new SearchWorker(execution, checker, new TraceCounter(execution), options);
  }
  if (reduction !== 'optimal' || memoryModels[memoryModel].isSequentiallyConsistent)
    return new SearchWorker(execution, checker, new TraceCounter(execution), { preemptions });
  const graphs = consistencyModelOf(memoryModel, execution, search.loopRules);
  if (graphs === undefined)
    throw new BadInput(`optimal is not known under ${memoryModel}: --reduction none and states are`);
  if (preemptions !== undefined)
    throw new BadInput(
      `optimal counts preemptions under sc alone: --reduction none or states counts them under ${memoryModel}`,
    );
  return new SearchWorker(execution, checker, new TraceCounter(execution), { graphs });
}
