import { isRmw, isWrite, Kind } from '../../memory/memory.ts';
import type { MessageView } from '../memoryModels/threadView.ts';
import type { WeakExecution } from '../memoryModels/weakExecution.ts';

/** A full fence: an `mb`, or the one that a read-modify-write implies. */
export interface Fence {
  readonly step: number;
  /** By thread: how many of its fences come before this one. */
  readonly before: number[];
}

/**
 * By thread: its full fences. A fence comes before another one if it happens before it, or if it
 * happens before an access that comes, in coherence order, before something that the other fence
 * has in its view (psc of Lahav et al., "Repairing Sequential Consistency in C/C++11", PLDI 2017).
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
  if (fences.filter((own) => own.length > 0).length < 2) return fences;
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

/** Whether two or more threads have full fences. */
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

/**
 * Whether a store of step `s`, or a store that it read, comes before the store that `view` has of
 * the same location. A store of the step may also be the one in the view: then it was read.
 */
function isBefore(graph: WeakExecution, s: number, view: MessageView): boolean {
  const { atom, rank } = graph.stores;
  return (
    graph.written(s).some((store) => rank[store] <= rank[view[atom[store]]]) ||
    graph.storesRead(s).some((store) => rank[store] < rank[view[atom[store]]])
  );
}
