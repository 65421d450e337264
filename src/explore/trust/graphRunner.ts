import { isChoice, kindOf } from '../../memory/kinds.ts';
import type { Execution } from '../execution/execution.ts';
import type { AccessChoice } from '../memoryModels/relations.ts';
import { equalNumbers } from './graph.ts';
import type { GraphMemory } from './graphMemory.ts';
import type { ConsistencyModel } from './modelOfGraphs.ts';
import { type GraphEvent, isPromise } from './partialGraph.ts';
import { type PartialOrder, topologicalOrder } from './partialOrder.ts';

/**
 * HOT under `optimal`. Runs executions of graphs. Where the events of a graph are the steps of an
 * execution, it goes back only to where this graph differs from the one before.
 */
export class GraphRunner {
  private readonly execution: Execution;
  private readonly memory: GraphMemory;
  private readonly model: ConsistencyModel;
  /** The events that were run last, where step s was event s. */
  private events: readonly GraphEvent[] = [];
  /** By event: the step of the execution. */
  private readonly taken: number[] = [];

  constructor(execution: Execution, model: ConsistencyModel) {
    this.execution = execution;
    this.memory = execution.memory as GraphMemory;
    this.model = model;
  }

  /**
   * Runs an execution of the complete graph. Stops early at a violation.
   *
   * @throws Error if the memory model does not allow the graph: then the explorer has a bug.
   */
  run(): void {
    const { execution, memory, model } = this;
    if (model.isLinear) {
      this.runEvents();
      return;
    }
    const order = model.order(model.graph.execution);
    this.runSteps(order, topologicalOrder(order)!);
    this.keepPromises();
    if (execution.isViolated) return;
    if (!equalNumbers(model.graph.execution.memory.graphHash(), memory.graphHash()!)) inconsistent();
  }

  private runEvents(): void {
    const { execution, taken } = this;
    const before = this.events;
    const events = this.model.graph.events.slice();
    let same = 0;
    while (same < before.length && same < events.length && isSameStep(before[same], events[same])) same++;
    if (same === 0) execution.reset();
    else execution.backTo(same);
    taken.length = same;
    for (let s = same; s < events.length && !execution.isViolated; s++) this.step(s, events[s].thread, true);
    this.events = events;
  }

  /** Runs the given steps of an order, in a topological order. Stops early at a violation. */
  runSteps(order: PartialOrder, steps: readonly number[]): void {
    const { execution, taken } = this;
    const threads = this.model.graph.execution.memory.stepsOf.length;
    this.events = [];
    taken.length = 0;
    execution.reset();
    for (const step of steps) {
      if (execution.isViolated) return;
      const { event, thread } = order.steps[step];
      this.step(event, thread, thread < threads);
    }
  }

  /** @param isEvent false: the event is in a store buffer, and this flushes it. */
  private step(event: number, thread: number, isEvent: boolean): void {
    const { execution, memory, taken } = this;
    if ((execution.enabled & (1 << thread)) === 0) inconsistent();
    if (isEvent) taken[event] = execution.steps;
    const isChosen = isChoice(kindOf(execution.pending[thread]));
    const { chosen } = this.model.graph.events[event];
    const choice = isChosen ? chosen : memory.findChoice(thread, () => this.choiceOf(event));
    if (choice < 0) inconsistent();
    execution.step(thread, choice);
  }

  /** The promises of the graph are kept by the same stores. */
  private keepPromises(): void {
    const { taken, memory } = this;
    const { events, execution: graph } = this.model.graph;
    for (let event = 0; event < events.length; event++) {
      if (taken[event] === undefined || !events[event].readsFrom.some(isPromise)) continue;
      const [store] = graph.memory.storesRead(event);
      if (taken[graph.memory.stores.step[store]] !== undefined) memory.keepPromise!(taken[event], this.storeOf(store));
    }
  }

  /** How an event is taken: its store comes after the last store before it that has been made. */
  private choiceOf(event: number): AccessChoice {
    const graph = this.model.graph.execution.memory;
    const { step, location, order, rank } = graph.stores;
    const { readsFrom } = this.model.graph.events[event];
    return {
      from: readsFrom.some(isPromise) ? readsFrom : graph.storesRead(event).map((store) => this.storeOf(store)),
      after: graph.storesWritten(event).map((store) => {
        const others = order[location[store]];
        let at = rank[store] - 1;
        while (step[others[at]] >= 0 && this.taken[step[others[at]]] === undefined) at--;
        return this.storeOf(others[at]);
      }),
    };
  }

  /** The store of the execution that is this store of the graph. */
  private storeOf(store: number): number {
    const { step, location } = this.model.graph.execution.memory.stores;
    if (step[store] < 0) return location[store];
    const stores = this.memory.storesWritten(this.taken[step[store]]);
    return stores.find((mine) => this.memory.stores.location[mine] === location[store])!;
  }
}

/** Whether two events after the same events are the same step: stamps are of the search. */
const isSameStep = (a: GraphEvent, b: GraphEvent): boolean =>
  a === b ||
  (a.thread === b.thread &&
    a.chosen === b.chosen &&
    equalNumbers(a.readsFrom, b.readsFrom) &&
    equalNumbers(a.coherenceAfter, b.coherenceAfter));

function inconsistent(): never {
  throw new Error('a graph was found to be consistent, and its memory model has no execution of it');
}
