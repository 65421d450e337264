import { chain, type PartialOrder } from '../../trust/partialOrder.ts';
import { fencesOf } from './fences.ts';
import type { GraphExecution } from './graphMemory.ts';

/**
 * The order under `weak`: program order, reads-from, the order of full fences, and that of each
 * lock. Coherence order is not part of it: a store is placed independently of when it is made.
 */
export function weakOrder(graph: GraphExecution): PartialOrder {
  const { steps, schedule } = graph;
  const { stores } = graph.memory;
  const next: number[][] = Array.from({ length: steps }, () => []);
  for (const own of graph.memory.stepsOf) chain(own, next);
  for (let s = 0; s < steps; s++)
    for (const store of graph.memory.storesRead(s)) if (stores.step[store] >= 0) next[stores.step[store]].push(s);
  const fences = fencesOf(graph);
  for (const { step, before } of fences.flat())
    before.forEach((n, t) => {
      if (n > 0 && fences[t][n - 1].step !== step) next[fences[t][n - 1].step].push(step);
    });
  for (const queue of lockOrders(graph)) chain(queue, next);
  return { steps: Array.from(next, (_, s) => ({ event: s, thread: schedule[s] })), next };
}

/** By lock: the events that locked or unlocked it, in order. */
function lockOrders(graph: GraphExecution): number[][] {
  const { stores, locations } = graph.memory;
  const locks = graph.places.filter(({ kind }) => kind === 'mutex' || kind === 'spinlock');
  return locks.map(({ id }) => stores.order[locations.of[id][0]].slice(1).map((store) => stores.step[store]));
}
