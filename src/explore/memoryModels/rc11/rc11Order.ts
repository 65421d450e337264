import { chain, type PartialOrder, unordered } from '../../trust/partialOrder.ts';
import type { GraphExecution } from './graphMemory.ts';

/**
 * The order under `rc11`: program order, reads-from, and that of each lock. Coherence order is not
 * part of it: a store is placed independently of when it is made. Nor is psc: seq_cst fences may
 * be ordered against it.
 */
export function rc11Order(graph: GraphExecution): PartialOrder {
  const { stores } = graph.memory;
  const order = unordered(graph.schedule, graph.steps);
  const { next } = order;
  for (const own of graph.memory.stepsOf) chain(own, next);
  for (let s = 0; s < graph.steps; s++)
    for (const store of graph.memory.storesRead(s)) if (stores.step[store] >= 0) next[stores.step[store]].push(s);
  for (const queue of lockOrders(graph)) chain(queue, next);
  return order;
}

/** By lock: the events that locked or unlocked it, in order. */
function lockOrders(graph: GraphExecution): number[][] {
  const { stores, locations } = graph.memory;
  const locks = graph.places.filter(({ kind }) => kind === 'mutex' || kind === 'spinlock');
  return locks.map(({ id }) => stores.order[locations.of[id][0]].slice(1).map((store) => stores.step[store]));
}
