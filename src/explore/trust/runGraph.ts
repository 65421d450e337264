import type { Execution } from '../execution/execution.ts';
import type { Relations } from '../memoryModels/relations.ts';
import { WeakExecution } from '../memoryModels/weakExecution.ts';
import type { ExecutionGraph } from './graph.ts';
import type { PartialOrder } from './partialOrder.ts';

/**
 * Runs an execution under its memory model whose graph is that one, or a part of it; up to a violation, where something that watches sees one on the way.
 *
 * @param steps those of `order` that are to be taken, in an order that goes with it.
 */
export function runGraph(
  execution: Execution,
  { execution: graph }: ExecutionGraph,
  order: PartialOrder,
  steps: readonly number[],
): void {
  const run = execution as Execution & Relations;
  /** By step of the graph: that of the execution. */
  const taken: number[] = [];
  const storeOf = (store: number): number => {
    const step = graph.stores.step[store];
    const atom = graph.stores.atom[store];
    return step < 0 ? atom : run.written(taken[step]).find((mine) => run.stores.atom[mine] === atom)!;
  };
  execution.reset();
  for (const step of steps) {
    if (execution.isViolated) return;
    const { of, lane } = order.steps[step];
    if ((execution.enabled & (1 << lane)) === 0) unfollowable();
    if (lane < graph.stepsOf.length) taken[of] = execution.steps;
    if (!(execution instanceof WeakExecution)) {
      execution.step(lane);
      continue;
    }
    const from = graph.storesRead(of).map(storeOf);
    const after = graph.written(of).map((store) => {
      const coherence = graph.stores.order[graph.stores.atom[store]];
      let at = graph.stores.rank[store] - 1;
      while (graph.stores.step[coherence[at]] >= 0 && taken[graph.stores.step[coherence[at]]] === undefined) at--;
      return storeOf(coherence[at]);
    });
    const way = execution.waysOf(lane).findIndex((other) => same(other.from, from) && same(other.after, after));
    if (way < 0) unfollowable();
    execution.step(lane, way);
  }
  if (execution.isViolated || steps.length < order.steps.length) return;
  const [a, b] = [graph.graphHash(), execution.graphHash()!];
  if (!same(a, b)) unfollowable();
}

/** The explorer is wrong then, not what it explores. */
function unfollowable(): never {
  throw new Error('a graph was found to be consistent, and its memory model has no execution of it');
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
