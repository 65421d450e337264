import { isFence, isRmw, isWrite, Kind } from '../../memory/memory.ts';
import type { WeakExecution } from '../memoryModels/weakExecution.ts';
import { fencesOf } from './fences.ts';

/** Steps that an execution of a graph takes, and which must come before which: any order that keeps to that is one. */
export interface PartialOrder {
  /** By step of the execution: the one of the graph, and the thread that takes it, which under `tso` may be a store buffer. */
  readonly steps: readonly { readonly of: number; readonly lane: number }[];
  /** By step: those that come after it. */
  readonly next: readonly (readonly number[])[];
}

/** `weak`: program order, reads-from, and the order of the fences. Where a store is placed does not depend on when it is made. */
export function weakOrder(graph: WeakExecution): PartialOrder {
  const { steps, schedule, stores } = graph;
  const next: number[][] = Array.from({ length: steps }, () => []);
  for (const of of graph.stepsOf) chain(of, next);
  for (let s = 0; s < steps; s++)
    for (const store of graph.storesRead(s)) if (stores.step[store] >= 0) next[stores.step[store]].push(s);
  const fences = fencesOf(graph);
  for (const { step, before } of fences.flat())
    before.forEach((n, t) => {
      if (n > 0 && fences[t][n - 1].step !== step) next[fences[t][n - 1].step].push(step);
    });
  for (const queue of lockOrders(graph)) chain(queue, next);
  return { steps: Array.from(next, (_, s) => ({ of: s, lane: schedule[s] })), next };
}

/**
 * `tso` (x86-TSO, CACM 2010): a store is two steps, one into the buffer of its thread and one out of it. Buffers keep their order; stores come out in coherence
 * order, before those who read them from memory, and after those who have read what was there before; full fences find the buffer empty.
 */
export function tsoOrder(graph: WeakExecution): PartialOrder {
  const { steps, schedule, stores } = graph;
  const threads = graph.stepsOf.length;
  const all = Array.from({ length: steps }, (_, s) => ({ of: s, lane: schedule[s] }));
  /** By step of the graph: the one at which its stores are in memory. */
  const out = Array.from({ length: steps }, (_, s) => s);
  for (let s = 0; s < steps; s++)
    if (isBuffered(graph, s)) out[s] = all.push({ of: s, lane: threads + schedule[s] }) - 1;
  const next: number[][] = all.map(() => []);
  for (const of of graph.stepsOf) {
    chain(of, next);
    chain(
      of.filter((s) => out[s] !== s).map((s) => out[s]),
      next,
    );
    let last = -1;
    for (const s of of) {
      if (out[s] !== s) {
        next[s].push(out[s]);
        last = out[s];
      } else if (last >= 0 && drains(graph, s)) next[last].push(s);
    }
  }
  for (const order of stores.order)
    chain(
      order.slice(1).map((store) => out[stores.step[store]]),
      next,
    );
  for (let s = 0; s < steps; s++)
    for (const store of graph.storesRead(s)) {
      const from = stores.step[store];
      if (from >= 0 && schedule[from] !== schedule[s]) next[out[from]].push(s);
      const order = stores.order[stores.atom[store]];
      const over = order.slice(stores.rank[store] + 1).find((later) => stores.step[later] !== s);
      if (over !== undefined && out[stores.step[over]] !== s) next[s].push(out[stores.step[over]]);
    }
  return { steps: all, next };
}

/** The steps in an order, or undefined where there is none. The earliest of the graph comes first. */
export function topologicalOrder({ steps, next }: PartialOrder): number[] | undefined {
  const incoming = steps.map(() => 0);
  for (const to of next) for (const s of to) incoming[s]++;
  const ready = incoming.flatMap((n, s) => (n === 0 ? [s] : []));
  const order: number[] = [];
  while (ready.length > 0) {
    let first = 0;
    for (let i = 1; i < ready.length; i++) if (steps[ready[i]].of < steps[ready[first]].of) first = i;
    const [s] = ready.splice(first, 1);
    order.push(s);
    for (const to of next[s]) if (--incoming[to] === 0) ready.push(to);
  }
  return order.length === steps.length ? order : undefined;
}

function chain(steps: readonly number[], next: number[][]): void {
  for (let i = 1; i < steps.length; i++) next[steps[i - 1]].push(steps[i]);
}

/** By lock: the steps that took it or gave it back, in order. */
function lockOrders(graph: WeakExecution): number[][] {
  const { stores, places, atoms } = graph;
  const locks = places.filter(({ kind }) => kind === 'mutex' || kind === 'spinlock');
  return locks.map(({ id }) => stores.order[atoms.of[id][0]].slice(1).map((store) => stores.step[store]));
}

function isBuffered(graph: WeakExecution, s: number): boolean {
  const code = graph.tree.code[graph.nodes[s]];
  const kind = code & 31;
  if (kind === Kind.unlock) return graph.places[code >>> 5].kind === 'spinlock';
  return !isFence(kind) && isWrite(kind) && kind <= Kind.storeRelease;
}

/** Whether it is a step that finds its thread's buffer empty: a cmpxchg that fails, too. */
function drains(graph: WeakExecution, s: number): boolean {
  const kind = graph.tree.code[graph.nodes[s]] & 31;
  return kind === Kind.mb || isRmw(kind) || kind === Kind.lock || (kind === Kind.unlock && !isBuffered(graph, s));
}
