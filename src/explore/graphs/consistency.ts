import { isFence, Kind, updates, writes } from '../../memory/memory.ts';
import type { WeakExecution } from '../memoryModels/weakExecution.ts';

/** Whether a graph is one of the memory model. What concerns a thread, and what it has read, was seen to when its steps were taken. */
export type Consistent = (graph: WeakExecution) => boolean;

/**
 * `weak`: all `mb`, those of read-modify-writes too, have one order (psc of Lahav et al., PLDI 2017): f comes before g where f happens before g, or before a step that
 * comes, in the coherence order of its location, before what g knows of.
 */
export const fencesHaveAnOrder: Consistent = (graph) => {
  const { views, steps, schedule, footprints } = graph;
  const threads = graph.known.map((_, t) => t);
  /** By thread: its fences, and for each, by thread, how many fences come before. */
  const fences: { readonly step: number; readonly before: number[] }[][] = threads.map(() => []);
  for (let s = 0; s < steps; s++) {
    const kind = footprints[s] & 31;
    if (kind !== Kind.mb && !updates(kind)) continue;
    const { current } = graph.knownAfter(s);
    const before = threads.map((t) => current[views.fences(t)]);
    before[schedule[s]]--;
    fences[schedule[s]].push({ step: s, before });
  }
  if (fences.filter((of) => of.length > 0).length < 2) return true;
  for (let s = 0; s < steps; s++) {
    const kind = footprints[s] & 31;
    if (kind >= Kind.lock) continue;
    const { current, ahead, seen } = graph.knownBefore[s];
    const earlier = threads.map((t) => {
      const at = views.fences(t);
      if (updates(kind)) return Math.max(current[at], ahead[at], seen[at]) + (t === schedule[s] ? 1 : 0);
      return writes(kind) ? current[at] : Math.max(current[at], ahead[at]);
    });
    for (const { step, before } of fences.flat()) {
      if (step === s || !isBefore(graph, s, graph.knownAfter(step).current)) continue;
      for (const t of threads) before[t] = Math.max(before[t], earlier[t]);
    }
  }
  const done = threads.map(() => 0);
  for (let again = true; again; ) {
    again = false;
    for (const t of threads) {
      const next = fences[t][done[t]];
      if (next === undefined || next.before.some((n, u) => n > done[u])) continue;
      done[t]++;
      again = true;
    }
  }
  return threads.every((t) => done[t] === fences[t].length);
};

/** Whether what step `s` has stored, or read, comes before what `view` holds of the same location: equal to it is before it for a store, which was read then. */
function isBefore(graph: WeakExecution, s: number, view: Int32Array): boolean {
  const { atom, rank } = graph.stores;
  return (
    graph.written(s).some((store) => rank[store] <= rank[view[atom[store]]]) ||
    graph.storesRead(s).some((store) => rank[store] < rank[view[atom[store]]])
  );
}

/**
 * `tso`: x86's global order (Alglave, Maranget, Tautschnig, "Herding Cats", TOPLAS 2014): program order but from stores to loads, full fences, reads from other threads,
 * coherence and from-reads have no cycle together.
 */
export const hasGlobalOrder: Consistent = (graph) => {
  const { steps, schedule, stores } = graph;
  const next: number[][] = Array.from({ length: steps }, () => []);
  for (const of of graph.stepsOf) programOrder(graph, of, next);
  for (const order of stores.order)
    for (let i = 2; i < order.length; i++) next[stores.step[order[i - 1]]].push(stores.step[order[i]]);
  for (let s = 0; s < steps; s++)
    for (const store of graph.storesRead(s)) {
      const from = stores.step[store];
      if (from >= 0 && schedule[from] !== schedule[s]) next[from].push(s);
      const later = stores.order[stores.atom[store]][stores.rank[store] + 1];
      if (later === undefined) continue;
      // A read-modify-write comes right after what it has read.
      const over = stores.step[later] === s ? stores.order[stores.atom[store]][stores.rank[store] + 2] : later;
      if (over !== undefined) next[s].push(stores.step[over]);
    }
  return !hasCycle(next);
};

function programOrder(graph: WeakExecution, steps: readonly number[], next: number[][]): void {
  let [load, store, fence] = [-1, -1, -1];
  for (const s of steps) {
    const asked = graph.tree.code[graph.nodes[s]];
    const kind = asked & 31;
    const isUnlock = kind === Kind.unlock && graph.places[asked >>> 5].kind === 'spinlock';
    const drains = kind === Kind.mb || updates(kind) || kind === Kind.lock || (kind === Kind.unlock && !isUnlock);
    const stored = isUnlock || (!isFence(kind) && writes(kind));
    for (const before of drains || stored ? [load, store, fence] : [load, fence]) if (before >= 0) next[before].push(s);
    if (drains) load = store = fence = s;
    else if (stored) store = s;
    else load = s;
  }
}

function hasCycle(next: readonly (readonly number[])[]): boolean {
  const incoming = next.map(() => 0);
  for (const to of next) for (const s of to) incoming[s]++;
  const ready = incoming.flatMap((n, s) => (n === 0 ? [s] : []));
  let done = 0;
  for (let s = ready.pop(); s !== undefined; s = ready.pop()) {
    done++;
    for (const to of next[s]) if (--incoming[to] === 0) ready.push(to);
  }
  return done < next.length;
}
