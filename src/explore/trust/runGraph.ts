import type { Execution } from '../execution/execution.ts';
import type { AccessChoice, GraphModel } from '../memoryModels/relations.ts';
import { type ExecutionGraph, equalNumbers } from './graph.ts';
import type { PartialOrder } from './partialOrder.ts';

/**
 * Runs an execution whose graph is the given one, or a part of it. Stops early at a violation.
 *
 * @param steps the steps of `order` to take, in a topological order.
 * @throws Error if the memory model does not allow the graph: then the explorer has a bug.
 */
export function runGraph(
  execution: Execution,
  { execution: { memory: graph } }: ExecutionGraph,
  order: PartialOrder,
  steps: readonly number[],
): void {
  const memory = execution.memory as GraphModel;
  const { step: eventOf, location, order: coherence, rank } = graph.stores;
  /** By event: the step of the execution. */
  const taken: number[] = [];
  const storeOf = (store: number): number => {
    if (eventOf[store] < 0) return location[store];
    const stores = memory.storesWritten(taken[eventOf[store]]);
    return stores.find((mine) => memory.stores.location[mine] === location[store])!;
  };
  /** How an event is taken: its store comes after the last store before it that has been made. */
  const choiceOf = (event: number): AccessChoice => ({
    from: graph.storesRead(event).map(storeOf),
    after: graph.storesWritten(event).map((store) => {
      const others = coherence[location[store]];
      let at = rank[store] - 1;
      while (eventOf[others[at]] >= 0 && taken[eventOf[others[at]]] === undefined) at--;
      return storeOf(others[at]);
    }),
  });
  execution.reset();
  for (const step of steps) {
    if (execution.isViolated) return;
    const { event, thread } = order.steps[step];
    if ((execution.enabled & (1 << thread)) === 0) inconsistent();
    if (thread < graph.stepsOf.length) taken[event] = execution.steps;
    const choice = memory.findChoice(thread, () => choiceOf(event));
    if (choice < 0) inconsistent();
    execution.step(thread, choice);
  }
  if (execution.isViolated || steps.length < order.steps.length) return;
  if (!equalNumbers(graph.graphHash(), memory.graphHash()!)) inconsistent();
}

function inconsistent(): never {
  throw new Error('a graph was found to be consistent, and its memory model has no execution of it');
}
