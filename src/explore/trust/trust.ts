import { isFence, isQueue, Kind, kindOf, placeOf } from '../../memory/kinds.ts';
import type { Execution } from '../execution/execution.ts';
import type { Stop } from '../execution/stop.ts';
import type { Limits } from '../limits.ts';
import type { WorkItem } from '../parallel/workItem.ts';
import { lowestSetBit } from '../schedulers/scheduler.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from '../search/searchProgress.ts';
import type { TraceCounter } from '../search/traceCounter.ts';
import { GraphBuilder } from './graphBuilder.ts';
import { GraphRunner } from './graphRunner.ts';
import { addLockRevisits, hasReadLatest } from './locks.ts';
import type { ConsistencyModel } from './modelOfGraphs.ts';
import type { PartialGraph } from './partialGraph.ts';
import { topologicalOrder } from './partialOrder.ts';
import { applyBackwardRevisit, forwardRevisits } from './revisits.ts';
import { vectorClocks } from './vectorClocks.ts';

/**
 * TruSt: stateless model checking over execution graphs (Kokologiannakis, Marmanis, Gladstein,
 * Vafeiadis, "Truly Stateless, Optimal Dynamic Partial Order Reduction", POPL 2022). Explores one
 * execution per class under `tso` and `rc11`; a class is given by reads-from and coherence order.
 *
 * A graph grows by one event at a time, of the lowest enabled thread. A new load branches over the
 * stores that it may read (forward revisits). A new store branches over its coherence position, and
 * over each earlier load that could read it (backward revisits). A backward revisit deletes the
 * events added after that load, and is done only if each of them was added maximally.
 *
 * Departures from the paper:
 * - An RMW is one event; its read half and its write half have stamps of their own.
 * - Locks are modelled (see `locks.ts`).
 * - The write half of an RMW whose read half was revisited comes before any new event.
 * - Consistency is checked after each event. What views do not ensure, such as the order of full
 *   fences, `GraphAxioms.isConsistent` checks on the whole graph.
 * - A spin loop is cut after one iteration (`Execution.blockOnSpin`); this counts as blocked.
 * - Wait queues, and accesses to several locations at once, are not supported: the search ends with
 *   a limit of the kind `unsupported`. `VisitedGraphs` is for such programs.
 * - Each complete graph is run on `execution`, in an order that its memory model allows. Where
 *   graphs are built on `execution`, it is the graph.
 *
 * @param from explores all complete graphs that extend this one.
 * @returns `left` has the branches that remain when a limit is reached.
 */
export function trust(
  execution: Execution,
  checker: PropertyChecker,
  limits: Limits,
  model: ConsistencyModel,
  classes: TraceCounter | undefined,
  from: PartialGraph,
): SearchResult & { readonly left: readonly WorkItem[] } {
  const progress = new SearchProgress(limits);
  const search = new GraphSearch(execution, checker, progress, model, classes);
  const { graph } = model;
  const { workList } = search.builder;
  execution.until = graph.execution.until = progress.until;
  execution.blockOnSpin = graph.execution.blockOnSpin = true;
  graph.reset();
  workList.push(from);
  while (workList.length > 0 && progress.limit === undefined && progress.violation === undefined) {
    search.explore(workList.pop()!);
    if (progress.limit === undefined && workList.length > 0) progress.limitReached(0);
  }
  execution.blockOnSpin = false;
  const left = progress.violation === undefined ? workList.toReversed() : [];
  return Object.assign(progress.complete(), { left: left.map((graph) => ({ kind: 'trust', graph }) as const) });
}

class GraphSearch {
  readonly builder: GraphBuilder;
  private readonly execution: Execution;
  private readonly checker: PropertyChecker;
  private readonly progress: SearchProgress;
  private readonly model: ConsistencyModel;
  private readonly classes: TraceCounter | undefined;
  /** Undefined where graphs are built on `execution`. */
  private readonly runner: GraphRunner | undefined;

  constructor(
    execution: Execution,
    checker: PropertyChecker,
    progress: SearchProgress,
    model: ConsistencyModel,
    classes: TraceCounter | undefined,
  ) {
    this.builder = new GraphBuilder(model.graph);
    this.execution = execution;
    this.checker = checker;
    this.progress = progress;
    this.model = model;
    this.classes = classes;
    const isSame = (model.graph.execution as Execution) === execution;
    this.runner = isSame ? undefined : new GraphRunner(execution, model);
  }

  explore(partial: PartialGraph): void {
    this.builder.load(partial);
    if (partial.backwardRevisit !== undefined) applyBackwardRevisit(this.builder, partial.backwardRevisit);
    else if (this.isConsistent()) this.extend();
  }

  private isConsistent(): boolean {
    return this.model.isConsistent(this.builder.execution);
  }

  /**
   * Adds events until the graph is complete or inconsistent. Follows the first forward revisit of
   * each event; the others go to the work list.
   */
  private extend(): void {
    const { builder, progress } = this;
    const { graph, execution, workList } = builder;
    for (;;) {
      const stop = execution.stopped();
      if (stop?.kind === 'late') {
        progress.timeOut();
        return;
      }
      if (stop?.kind === 'limit') {
        progress.count(stop, undefined);
        progress.recordCut(execution);
        return;
      }
      let { enabled } = execution;
      for (const { thread } of builder.lockWaits) enabled &= ~(1 << thread);
      const half = builder.rmwReads[0];
      if (stop !== null || (half === undefined && enabled === 0)) {
        this.end(stop);
        return;
      }
      const thread = half?.thread ?? lowestSetBit(enabled);
      if (!this.isSupported(execution.pending[thread])) {
        progress.cut++;
        progress.endBy('unsupported', this.unsupportedText(execution.pending[thread]));
        progress.isOver = true;
        return;
      }
      if (half !== undefined) builder.rmwReads = builder.rmwReads.slice(1);
      const { rmwReads, lockWaits } = builder;
      const revisits = forwardRevisits(builder, thread, half);
      if (revisits.length === 0) return;
      for (let i = revisits.length - 1; i > 0; i--)
        workList.push({ events: [...graph.events, revisits[i]], rmwReads, lockWaits });
      graph.add(revisits[0]);
      progress.steps++;
      if (!this.isConsistent()) return;
    }
  }

  /** Whether an access is neither to a wait queue nor to several locations at once. */
  private isSupported(code: number): boolean {
    if (isFence(kindOf(code))) return true;
    return !isQueue(kindOf(code)) && this.builder.execution.memory.locations.of[placeOf(code)].length === 1;
  }

  private unsupportedText(code: number): string {
    const { name } = this.builder.execution.places[placeOf(code)];
    return isQueue(kindOf(code)) ? `a wait queue: ${name}` : `accesses of several sizes: ${name}`;
  }

  /**
   * No thread can add an event. A thread that waits for a lock forever may still have taken it
   * earlier; those are further branches.
   */
  private end(stop: Stop | null): void {
    const { builder } = this;
    const { execution, lockWaits } = builder;
    const isBroken = stop?.kind === 'violated' || stop?.kind === 'crashed';
    for (let t = 0; t < execution.memory.stepsOf.length && !isBroken; t++) {
      const isRunning = (execution.live & ~execution.halted & (1 << t)) !== 0;
      if (!isRunning || kindOf(execution.pending[t]) !== Kind.lock) continue;
      if (!lockWaits.some(({ thread }) => thread === t)) addLockRevisits(builder, t);
    }
    if (!isBroken && !lockWaits.every(({ thread, readsFrom }) => hasReadLatest(builder, thread, readsFrom))) return;
    const run = (): void => {
      if (this.progress.violation === undefined) this.runComplete();
    };
    if (this.model.complete === undefined) run();
    else this.model.complete(run);
  }

  /** Runs the execution that the complete graph stands for, and checks its properties. */
  private runComplete(): void {
    const { model, execution, checker, progress, classes } = this;
    this.runner?.run();
    const stop = execution.stopped()!;
    if (stop.kind === 'late') {
      progress.timeOut();
      return;
    }
    if (stop.kind === 'finished') classes?.add();
    if (progress.count(stop, checker.atEnd(stop))) {
      if (this.runner === undefined) this.runnerOfCopy().run();
      return;
    }
    if (!checker.judgesStates) return;
    const order = model.order(model.graph.execution);
    const steps = topologicalOrder(order)!;
    const possible = checker.possibly?.(vectorClocks(order, steps, execution.node.length));
    if (possible === undefined) return;
    (this.runner ?? this.runnerOfCopy()).runSteps(
      order,
      possible.steps.map((s) => steps[s]),
    );
    progress.violation = possible.violation;
  }

  /** Leaves `execution` to itself, and can run other executions of its graph on it. */
  private runnerOfCopy(): GraphRunner {
    const graph = this.model.createGraph!();
    graph.load(this.builder.graph.events);
    return new GraphRunner(this.execution, { ...this.model, graph });
  }
}
