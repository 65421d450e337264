import { EndKind } from '../../../memory/executionTrie.ts';
import type { Execution } from '../../execution/execution.ts';
import { NO_STORE } from '../../trust/partialGraph.ts';
import { chain, type PartialOrder, unordered } from '../../trust/partialOrder.ts';
import type { LkmmGraph } from './lkmmGraph.ts';

/**
 * The order in which a graph is run: program order, reads-from without promises, and that of each
 * lock. A thread that fails takes its last step last, so that all promises are kept.
 */
export function lkmmOrder(graph: Execution<LkmmGraph>): PartialOrder {
  const { steps, schedule, memory, places, node, tree } = graph;
  const { stores, locations, stepsOf, promised, read, written } = memory;
  const partial = unordered(schedule, steps);
  const { next } = partial;
  for (const own of stepsOf) chain(own, next);
  for (let s = 0; s < steps; s++)
    if (read[s] >= 0 && promised[s] === 0 && stores.step[read[s]] >= 0) next[stores.step[read[s]]].push(s);
  for (const { kind, id } of places) {
    if (kind !== 'mutex' && kind !== 'spinlock') continue;
    const order = stores.order[locations.of[id][0]].slice(1);
    chain(
      order.map((store) => stores.step[store]),
      next,
    );
  }
  stepsOf.forEach((own, thread) => {
    const last = own.at(-1);
    if (last === undefined || tree.code[node[thread]] !== EndKind.threw || written[last] !== NO_STORE) return;
    for (const others of stepsOf) if (others !== own && others.length > 0) next[others.at(-1)!].push(last);
  });
  return partial;
}
