import type { Execution } from '../execution/execution.ts';
import type { Relations } from '../memoryModels/relations.ts';
import { WeakExecution } from '../memoryModels/weakExecution.ts';
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
  { execution: graph }: ExecutionGraph,
  order: PartialOrder,
  steps: readonly number[],
): void {
  const run = execution as Execution & Relations;
  /** By event: the step of the execution. */
  const taken: number[] = [];
  const storeOf = (store: number): number => {
    const step = graph.stores.step[store];
    const atom = graph.stores.atom[store];
    return step < 0 ? atom : run.written(taken[step]).find((mine) => run.stores.atom[mine] === atom)!;
  };
  execution.reset();
  for (const step of steps) {
    if (execution.isViolated) return;
    const { event, thread } = order.steps[step];
    if ((execution.enabled & (1 << thread)) === 0) inconsistent();
    if (thread < graph.stepsOf.length) taken[event] = execution.steps;
    if (!(execution instanceof WeakExecution)) {
      execution.step(thread);
      continue;
    }
    const from = graph.storesRead(event).map(storeOf);
    const after = graph.written(event).map((store) => {
      const coherence = graph.stores.order[graph.stores.atom[store]];
      let at = graph.stores.rank[store] - 1;
      while (graph.stores.step[coherence[at]] >= 0 && taken[graph.stores.step[coherence[at]]] === undefined) at--;
      return storeOf(coherence[at]);
    });
    const choice = execution
      .waysOf(thread)
      .findIndex((other) => equalNumbers(other.from, from) && equalNumbers(other.after, after));
    if (choice < 0) inconsistent();
    execution.step(thread, choice);
  }
  if (execution.isViolated || steps.length < order.steps.length) return;
  const [a, b] = [graph.graphHash(), execution.graphHash()!];
  if (!equalNumbers(a, b)) inconsistent();
}

function inconsistent(): never {
  throw new Error('a graph was found to be consistent, and its memory model has no execution of it');
}
