import { isRmw, isWrite, Kind } from '../../memory/memory.ts';
import type { MessageView } from '../memoryModels/threadView.ts';
import type { WeakExecution } from '../memoryModels/weakExecution.ts';

/** An `mb`, or that of a read-modify-write, and by thread how many of its fences come before. */
export interface Fence {
  readonly step: number;
  readonly before: number[];
}

/**
 * By thread: its fences. One comes before another where it happens before it, or before a step that comes, in the coherence order of its location, before what the
 * other knows of (psc of Lahav et al., PLDI 2017).
 */
export function fencesOf(graph: WeakExecution): readonly (readonly Fence[])[] {
  const { views, steps, schedule, footprints } = graph;
  const threads = graph.known.map((_, t) => t);
  const fences: Fence[][] = threads.map(() => []);
  for (let s = 0; s < steps; s++) {
    const kind = footprints[s] & 31;
    if (kind !== Kind.mb && !isRmw(kind)) continue;
    const { current } = graph.knownAfter(s);
    const before = threads.map((t) => current[views.fences(t)]);
    before[schedule[s]]--;
    fences[schedule[s]].push({ step: s, before });
  }
  if (fences.filter((of) => of.length > 0).length < 2) return fences;
  const all = fences.flat();
  for (let s = 0; s < steps; s++) {
    const kind = footprints[s] & 31;
    if (kind >= Kind.lock) continue;
    const { current, ahead, seen } = graph.knownBefore[s];
    const earlier = threads.map((t) => {
      const at = views.fences(t);
      if (isRmw(kind)) return Math.max(current[at], ahead[at], seen[at]) + (t === schedule[s] ? 1 : 0);
      return isWrite(kind) ? current[at] : Math.max(current[at], ahead[at]);
    });
    for (const { step, before } of all) {
      if (step === s || !isBefore(graph, s, graph.knownAfter(step).current)) continue;
      for (const t of threads) before[t] = Math.max(before[t], earlier[t]);
    }
  }
  return fences;
}

/** Whether two threads have fences. */
export function twoHaveFences({ steps, schedule, footprints }: WeakExecution): boolean {
  let first = -1;
  for (let s = 0; s < steps; s++) {
    const kind = footprints[s] & 31;
    if (kind !== Kind.mb && !isRmw(kind)) continue;
    if (first >= 0 && schedule[s] !== first) return true;
    first = schedule[s];
  }
  return false;
}

/** Whether what step `s` has stored, or read, comes before what `view` holds of the same location: equal to it is before it for a store, which was read then. */
function isBefore(graph: WeakExecution, s: number, view: MessageView): boolean {
  const { atom, rank } = graph.stores;
  return (
    graph.written(s).some((store) => rank[store] <= rank[view[atom[store]]]) ||
    graph.storesRead(s).some((store) => rank[store] < rank[view[atom[store]]])
  );
}
