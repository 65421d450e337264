import type { Execution } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import { optimalDpor, toolsOf } from '../optimalDpor/optimalDpor.ts';
import { OptimalDporWorkList } from '../optimalDpor/optimalDporWorkList.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import { DfsWorkList, depthFirstSearch, type ScheduleBound } from '../search/dfs.ts';
import { comparedIn, LoopComparison } from '../search/loopComparison.ts';
import { SamplingWorkList, sampleExecutions } from '../search/sampling.ts';
import type { PropertyChecker, SearchResult } from '../search/searchProgress.ts';
import type { TraceCounter } from '../search/traceCounter.ts';
import type { ConsistencyModel } from '../trust/trust.ts';
import { trust } from '../trust/trust.ts';
import type { WorkItem, WorkList, WorkResult } from './workItem.ts';

/** Does parts of a search, one after the other, on one execution. */
export class SearchWorker {
  private readonly execution: Execution;
  private readonly judge: PropertyChecker;
  private readonly scheduler: Scheduler | undefined;
  private readonly preemptions: number | undefined;
  private readonly graphs: ConsistencyModel | undefined;
  private readonly classes: TraceCounter;
  private readonly tools: ReturnType<typeof toolsOf>;
  private readonly comparison: LoopComparison;

  /** @param scheduler what draws executions; only for parts that are drawn. @param graphs for those of graphs. */
  constructor(
    execution: Execution,
    judge: PropertyChecker,
    classes: TraceCounter,
    {
      scheduler,
      preemptions,
      graphs,
    }: {
      readonly scheduler?: Scheduler;
      readonly preemptions?: number | undefined;
      readonly graphs?: ConsistencyModel | undefined;
    },
  ) {
    this.execution = execution;
    this.judge = judge;
    this.classes = classes;
    this.tools = toolsOf(execution, judge);
    this.comparison = new LoopComparison(execution);
    this.scheduler = scheduler;
    this.preemptions = preemptions;
    this.graphs = graphs;
  }

  do(part: WorkItem, limits: Limits): WorkResult {
    const { execution } = this;
    const result: SearchResult & Partial<WorkResult> = this.search(part, limits);
    const { executions, blocked, cut, steps, late, isTime, limit, isOver, cutBy, violation } = result;
    const isRefuted = !this.comparison.holds();
    const schedule = violation === undefined ? [] : execution.choices();
    return {
      executions,
      blocked,
      cut,
      steps,
      late,
      isTime,
      limit,
      isOver,
      cutBy,
      bounds: [...execution.bounds],
      compared: comparedIn(execution),
      isRefuted,
      violation,
      schedule,
      stop: violation === undefined ? undefined : execution.stopped()?.kind,
      ...this.classes.drain(),
      left: result.left ?? [],
      tree: result.tree ?? NO_TREE,
      reversals: result.reversals ?? [],
    };
  }

  private search(part: WorkItem, limits: Limits): SearchResult & Partial<WorkResult> {
    const { execution, judge, classes, preemptions } = this;
    if (part.kind === 'draws')
      return sampleExecutions(
        execution,
        judge,
        this.scheduler!,
        { ...limits, executions: part.count },
        part.first,
        classes,
      );
    if (part.kind === 'graphs') return trust(execution, judge, limits, this.graphs!, classes, part.branch);
    if (part.kind === 'classes')
      return optimalDpor(execution, judge, limits, {
        classes,
        from: part,
        tools: this.tools,
        ...(preemptions === undefined ? {} : { preemptions }),
      });
    const bound: ScheduleBound | undefined =
      preemptions === undefined ? undefined : { of: 'preemptions', most: preemptions };
    return depthFirstSearch(execution, judge, limits, {
      classes,
      from: part,
      ...(bound === undefined ? {} : { bound }),
    });
  }
}

/** The plan of a search. */
export function createWorkList(kind: WorkItem['kind'], execution: Execution, judge: PropertyChecker): WorkList {
  if (kind === 'draws') return new SamplingWorkList();
  if (kind === 'classes') return new OptimalDporWorkList(execution, judge);
  return new DfsWorkList(
    kind === 'graphs' ? { kind, branch: { moves: [], halves: [], waits: [] } } : { kind, prefix: [], untried: -1 },
  );
}

const NO_TREE = new Int32Array(0);
