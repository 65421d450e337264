import type { Execution } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import { createBuffers, optimalDpor } from '../optimalDpor/optimalDpor.ts';
import { OptimalDporWorkList } from '../optimalDpor/optimalDporWorkList.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import { DfsWorkList, depthFirstSearch, type ScheduleBound } from '../search/dfs.ts';
import { comparedLoops, LoopComparison } from '../search/loopComparison.ts';
import { SamplingWorkList, sampleExecutions } from '../search/sampling.ts';
import type { PropertyChecker, SearchResult } from '../search/searchProgress.ts';
import type { TraceCounter } from '../search/traceCounter.ts';
import type { ConsistencyModel } from '../trust/modelOfGraphs.ts';
import { EMPTY_GRAPH } from '../trust/partialGraph.ts';
import { trust } from '../trust/trust.ts';
import type { WorkItem, WorkList, WorkResult } from './workItem.ts';

interface WorkerOptions {
  /** Draws the executions of `sampling` items; needed for these only. */
  readonly scheduler?: Scheduler;
  /** The preemption bound; left out: none. */
  readonly preemptions?: number | undefined;
  /** Needed for `trust` items only. */
  readonly graphs?: ConsistencyModel | undefined;
}

/** Runs work items of one search, one after the other, on one execution. */
export class SearchWorker {
  private readonly execution: Execution;
  private readonly checker: PropertyChecker;
  private readonly classes: TraceCounter;
  private readonly options: WorkerOptions;
  private readonly buffers: ReturnType<typeof createBuffers>;
  private readonly comparison: LoopComparison;

  constructor(execution: Execution, checker: PropertyChecker, classes: TraceCounter, options: WorkerOptions) {
    this.execution = execution;
    this.checker = checker;
    this.classes = classes;
    this.options = options;
    this.buffers = createBuffers(execution, checker);
    this.comparison = new LoopComparison(execution);
  }

  run(item: WorkItem, limits: Limits): WorkResult {
    const { execution } = this;
    const result = this.search(item, limits);
    const { executions, blocked, cut, steps, late, limit, isOver, cutBy, violation } = result;
    const isRefuted = !this.comparison.holds();
    return {
      executions,
      blocked,
      cut,
      steps,
      late,
      limit,
      isOver,
      cutBy,
      bounds: [...execution.threads.bounds],
      compared: comparedLoops(execution),
      isRefuted,
      violation,
      schedule: violation === undefined ? [] : execution.choices(),
      stop: violation === undefined ? undefined : execution.stopped()?.kind,
      ...this.classes.drain(),
      left: result.left ?? [],
      tree: result.tree ?? NO_TREE,
      reversals: result.reversals ?? [],
    };
  }

  private search(item: WorkItem, limits: Limits): SearchResult & Partial<WorkResult> {
    const { execution, checker, classes, buffers } = this;
    const { scheduler, preemptions, graphs } = this.options;
    switch (item.kind) {
      case 'sampling': {
        const { first, count } = item;
        return sampleExecutions(execution, checker, scheduler!, { ...limits, executions: count }, first, classes);
      }
      case 'trust':
        return trust(execution, checker, limits, graphs!, classes, item.graph);
      case 'optimalDpor':
        return optimalDpor(execution, checker, limits, {
          classes,
          from: item,
          buffers,
          ...(preemptions === undefined ? {} : { preemptions }),
        });
      case 'dfs': {
        const bound: ScheduleBound | undefined =
          preemptions === undefined ? undefined : { kind: 'preemptions', max: preemptions };
        return depthFirstSearch(execution, checker, limits, {
          classes,
          from: item,
          ...(bound === undefined ? {} : { bound }),
        });
      }
    }
  }
}

/** The work list of a search that starts at the root. */
export function createWorkList(kind: WorkItem['kind'], execution: Execution, checker: PropertyChecker): WorkList {
  switch (kind) {
    case 'sampling':
      return new SamplingWorkList();
    case 'optimalDpor':
      return new OptimalDporWorkList(execution, checker);
    case 'trust':
      return new DfsWorkList({ kind, graph: EMPTY_GRAPH });
    case 'dfs':
      return new DfsWorkList({ kind, prefix: [], untried: -1 });
  }
}

const NO_TREE = new Int32Array(0);
