import { isRmw, isSeqCst, isStore, Kind, kindOf, placeOf } from '../../../memory/kinds.ts';
import { chain, type PartialOrder } from '../../trust/partialOrder.ts';
import type { GraphExecution } from '../rc11/graphMemory.ts';

/**
 * The order under `tso` (Sewell et al., "x86-TSO", CACM 2010). A store is two steps: into the
 * buffer of its thread, and out of it to memory. A buffer is first in, first out. Stores reach
 * memory in coherence order, before other threads read them, and after loads that read an older
 * store. A full fence comes when the buffer of its thread is empty.
 */
export function tsoOrder(graph: GraphExecution): PartialOrder {
  const { steps, schedule } = graph;
  const { stores } = graph.memory;
  const threads = graph.memory.stepsOf.length;
  const all = Array.from({ length: steps }, (_, s) => ({ event: s, thread: schedule[s] }));
  /** By event: the step at which its stores reach memory. */
  const out = Array.from({ length: steps }, (_, s) => s);
  for (let s = 0; s < steps; s++)
    if (isBufferedStep(graph, s)) out[s] = all.push({ event: s, thread: threads + schedule[s] }) - 1;
  const next: number[][] = all.map(() => []);
  for (const own of graph.memory.stepsOf) {
    chain(own, next);
    const flushes = own.filter((s) => out[s] !== s).map((s) => out[s]);
    chain(flushes, next);
    let last = -1;
    for (const s of own) {
      if (out[s] !== s) {
        next[s].push(out[s]);
        last = out[s];
      } else if (last >= 0 && needsEmptyBuffer(graph, s)) next[last].push(s);
    }
  }
  for (const order of stores.order)
    chain(
      order.slice(1).map((store) => out[stores.step[store]]),
      next,
    );
  for (let s = 0; s < steps; s++)
    for (const store of graph.memory.storesRead(s)) {
      const from = stores.step[store];
      if (from >= 0 && schedule[from] !== schedule[s]) next[out[from]].push(s);
      const order = stores.order[stores.location[store]];
      const overwrite = order.slice(stores.rank[store] + 1).find((later) => stores.step[later] !== s);
      if (overwrite !== undefined && out[stores.step[overwrite]] !== s) next[s].push(out[stores.step[overwrite]]);
    }
  return { steps: all, next };
}

/** Whether the store of an event goes through the store buffer. */
function isBufferedStep(graph: GraphExecution, s: number): boolean {
  const code = graph.tree.code[graph.nodes[s]];
  return isBuffered(kindOf(code), graph.places[placeOf(code)]?.kind);
}

/**
 * Whether an access of this kind, to a place of kind `of`, goes into the store buffer. A seq_cst
 * store of C11 is an `xchg` on x86.
 */
export const isBuffered = (kind: number, of: string | undefined): boolean =>
  kind === Kind.unlock ? of === 'spinlock' : isStore(kind) && !isSeqCst(kind);

/** Whether an event needs an empty store buffer; a failed cmpxchg does, too. */
function needsEmptyBuffer(graph: GraphExecution, s: number): boolean {
  const kind = kindOf(graph.tree.code[graph.nodes[s]]);
  if (kind === Kind.mb || isRmw(kind) || kind === Kind.lock) return true;
  return (kind === Kind.unlock || isStore(kind)) && !isBufferedStep(graph, s);
}
