import { isFence, isRmw, isWrite, Kind } from '../../memory/memory.ts';
import type { GraphExecution } from '../memoryModels/weak/graphMemory.ts';
import { fencesOf } from './fences.ts';

/**
 * The steps that an execution of a graph takes. Each of their topological orders is such an
 * execution.
 */
export interface PartialOrder {
  /** By step: its event, and the thread that takes it; under `tso`, this may be a store buffer. */
  readonly steps: readonly { readonly event: number; readonly thread: number }[];
  /** By step: steps that must come after it. */
  readonly next: readonly (readonly number[])[];
}

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
    if (isBuffered(graph, s)) out[s] = all.push({ event: s, thread: threads + schedule[s] }) - 1;
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

/**
 * A topological order of the steps, with the earliest event first; undefined if there is a cycle.
 */
export function topologicalOrder({ steps, next }: PartialOrder): number[] | undefined {
  const incoming = steps.map(() => 0);
  for (const to of next) for (const s of to) incoming[s]++;
  const ready = incoming.flatMap((n, s) => (n === 0 ? [s] : []));
  const order: number[] = [];
  while (ready.length > 0) {
    let first = 0;
    for (let i = 1; i < ready.length; i++) if (steps[ready[i]].event < steps[ready[first]].event) first = i;
    const [s] = ready.splice(first, 1);
    order.push(s);
    for (const to of next[s]) if (--incoming[to] === 0) ready.push(to);
  }
  return order.length === steps.length ? order : undefined;
}

function chain(steps: readonly number[], next: number[][]): void {
  for (let i = 1; i < steps.length; i++) next[steps[i - 1]].push(steps[i]);
}

/** By lock: the events that locked or unlocked it, in order. */
function lockOrders(graph: GraphExecution): number[][] {
  const { stores, locations } = graph.memory;
  const locks = graph.places.filter(({ kind }) => kind === 'mutex' || kind === 'spinlock');
  return locks.map(({ id }) => stores.order[locations.of[id][0]].slice(1).map((store) => stores.step[store]));
}

/** Whether the store of an event goes through the store buffer. */
function isBuffered(graph: GraphExecution, s: number): boolean {
  const code = graph.tree.code[graph.nodes[s]];
  const kind = code & 31;
  if (kind === Kind.unlock) return graph.places[code >>> 5].kind === 'spinlock';
  return !isFence(kind) && isWrite(kind) && kind <= Kind.storeRelease;
}

/** Whether an event needs an empty store buffer; a failed cmpxchg does, too. */
function needsEmptyBuffer(graph: GraphExecution, s: number): boolean {
  const kind = graph.tree.code[graph.nodes[s]] & 31;
  return kind === Kind.mb || isRmw(kind) || kind === Kind.lock || (kind === Kind.unlock && !isBuffered(graph, s));
}
