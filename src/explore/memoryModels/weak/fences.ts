import { isData, isFullFence, isWrite, kindOf } from '../../../memory/kinds.ts';
import type { GraphExecution } from './graphMemory.ts';
import type { MessageView } from './threadView.ts';

/** A full fence: an `mb`, or the one that a read-modify-write implies. */
export interface Fence {
  readonly step: number;
  /** By thread: how many of its fences come before this one. */
  readonly before: number[];
}

/**
 * By thread: its full fences. A fence comes before another one if it happens before it. It also
 * does if it happens before an access that precedes, in coherence order, something in the view of
 * the other fence. This is psc of Lahav et al., "Repairing Sequential Consistency in C/C++11", PLDI
 * 2017.
 */
export function fencesOf(graph: GraphExecution): readonly (readonly Fence[])[] {
  const { steps, schedule, footprints } = graph;
  const { views } = graph.memory;
  const threads = graph.memory.stepsOf.map((_, t) => t);
  const fences: Fence[][] = threads.map(() => []);
  for (let s = 0; s < steps; s++) {
    const kind = kindOf(footprints[s]);
    if (!isFullFence(kind)) continue;
    const { current } = graph.memory.viewAfter(s);
    const before = threads.map((t) => current[views.fences(t)]);
    before[schedule[s]]--;
    fences[schedule[s]].push({ step: s, before });
  }
  if (fences.filter((own) => own.length > 0).length < 2) return fences;
  const all = fences.flat();
  for (let s = 0; s < steps; s++) {
    const kind = kindOf(footprints[s]);
    if (!isData(kind)) continue;
    const { current, loads, acquire } = graph.memory.snapshots.threadViews[s];
    const earlier = threads.map((t) => {
      const at = views.fences(t);
      if (isFullFence(kind)) return Math.max(current[at], loads[at], acquire[at]) + (t === schedule[s] ? 1 : 0);
      return isWrite(kind) ? current[at] : Math.max(current[at], loads[at]);
    });
    for (const { step, before } of all) {
      if (step === s || !isBefore(graph, s, graph.memory.viewAfter(step).current)) continue;
      for (const t of threads) before[t] = Math.max(before[t], earlier[t]);
    }
  }
  return fences;
}

/** Whether two or more threads have full fences. */
export function twoHaveFences({ steps, schedule, footprints }: GraphExecution): boolean {
  let first = -1;
  for (let s = 0; s < steps; s++) {
    const kind = kindOf(footprints[s]);
    if (!isFullFence(kind)) continue;
    if (first >= 0 && schedule[s] !== first) return true;
    first = schedule[s];
  }
  return false;
}

/**
 * Whether a store of step `s`, or a store that it read, comes before the store that `view` has of
 * the same location. A store of the step may also be the one in the view: then it was read.
 */
function isBefore(graph: GraphExecution, s: number, view: MessageView): boolean {
  const { location, rank } = graph.memory.stores;
  return (
    graph.memory.storesWritten(s).some((store) => rank[store] <= rank[view[location[store]]]) ||
    graph.memory.storesRead(s).some((store) => rank[store] < rank[view[location[store]]])
  );
}
