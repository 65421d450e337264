import type { Classes } from './classes.ts';
import { ClassesPlan } from './classesPlan.ts';
import type { Execution } from './execution.ts';
import type { GraphTools } from './graphs/searchGraphs.ts';
import { searchGraphs } from './graphs/searchGraphs.ts';
import { HuntPlan, hunt } from './hunt.ts';
import { type Bound, DepthFirstPlan, searchInterleavings } from './interleavings.ts';
import type { Limits } from './limits.ts';
import { comparedIn, LoopComparison } from './loopComparison.ts';
import { searchOptimal, toolsOf } from './optimal.ts';
import type { Done, Part, Plan } from './parts.ts';
import type { Scheduler } from './scheduler.ts';
import type { Judge, SearchResult } from './search.ts';

/** Does parts of a search, one after the other, on one execution. */
export class Doer {
  private readonly execution: Execution;
  private readonly judge: Judge;
  private readonly scheduler: Scheduler | undefined;
  private readonly preemptions: number | undefined;
  private readonly graphs: GraphTools | undefined;
  private readonly classes: Classes;
  private readonly tools: ReturnType<typeof toolsOf>;
  private readonly comparison: LoopComparison;

  /** @param scheduler what draws executions; only for parts that are drawn. @param graphs for those of graphs. */
  constructor(
    execution: Execution,
    judge: Judge,
    classes: Classes,
    {
      scheduler,
      preemptions,
      graphs,
    }: {
      readonly scheduler?: Scheduler;
      readonly preemptions?: number | undefined;
      readonly graphs?: GraphTools | undefined;
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

  do(part: Part, limits: Limits): Done {
    const { execution } = this;
    const result: SearchResult & Partial<Done> = this.search(part, limits);
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

  private search(part: Part, limits: Limits): SearchResult & Partial<Done> {
    const { execution, judge, classes, preemptions } = this;
    if (part.kind === 'draws')
      return hunt(execution, judge, this.scheduler!, { ...limits, executions: part.count }, part.first, classes);
    if (part.kind === 'graphs') return searchGraphs(execution, judge, limits, this.graphs!, classes, part.branch);
    if (part.kind === 'classes')
      return searchOptimal(execution, judge, limits, {
        classes,
        from: part,
        tools: this.tools,
        ...(preemptions === undefined ? {} : { preemptions }),
      });
    const bound: Bound | undefined = preemptions === undefined ? undefined : { of: 'preemptions', most: preemptions };
    return searchInterleavings(execution, judge, limits, {
      classes,
      from: part,
      ...(bound === undefined ? {} : { bound }),
    });
  }
}

/** The plan of a search. */
export function planOf(kind: Part['kind'], execution: Execution, judge: Judge): Plan {
  if (kind === 'draws') return new HuntPlan();
  if (kind === 'classes') return new ClassesPlan(execution, judge);
  return new DepthFirstPlan(
    kind === 'graphs' ? { kind, branch: { moves: [], halves: [], waits: [] } } : { kind, prefix: [], untried: -1 },
  );
}

const NO_TREE = new Int32Array(0);
