import { placeOf } from '../../memory/kinds.ts';
import { type ExecutionGraph, type Renaming, rename } from './graph.ts';
import type { GraphBuilder } from './graphBuilder.ts';
import { isPromise, type PartialGraph, type PendingRead } from './partialGraph.ts';

/** A partial graph made from another one, and the new number of each event that was kept. */
export type RestrictedGraph = PartialGraph & { readonly renamed: Renaming };

/**
 * The graph that a revisit leaves, without event `removed` and without the Deleted set. That set is
 * all that was added after `stamp` and is not in `prefix`. An RMW whose read half is older than
 * `stamp` keeps this half as a pending read. Returns undefined if part of the Deleted set was not
 * added maximally: another branch of the search then makes the same revisit.
 *
 * @param removed the event that is removed itself; -1: none.
 */
export function restrictMaximally(
  builder: GraphBuilder,
  removed: number,
  stamp: number,
  prefix: readonly number[],
): RestrictedGraph | undefined {
  const { graph, rmwReads, lockWaits } = builder;
  const kept: number[] = [];
  const halves: number[] = [];
  for (let s = 0; s < graph.events.length; s++) {
    if (graph.isIn(prefix, s)) {
      kept.push(s);
      continue;
    }
    const { readStamp, writeStamp } = graph.events[s];
    const deletesRead = s === removed || readStamp > stamp;
    const deletesWrite = s === removed || writeStamp > stamp;
    // Another branch has chosen otherwise, and makes the same revisit.
    if (deletesRead && graph.events[s].chosen > 0) return undefined;
    if (deletesRead && !isMaximalRead(graph, s, prefix)) return undefined;
    if (deletesWrite && !isMaximalWrite(builder, s, prefix)) return undefined;
    if (!deletesRead && deletesWrite) halves.push(s);
    else if (!deletesRead) kept.push(s);
  }
  if (!areMaximalReads(graph, rmwReads, stamp, prefix)) return undefined;
  if (!areMaximalReads(graph, lockWaits, stamp, prefix)) return undefined;
  const { events, renamed } = graph.restrict(kept);
  const reads: PendingRead[] = [];
  for (let i = 0; i < halves.length; i++) reads.push(renameRead(graph.events[halves[i]], renamed));
  addOlder(rmwReads, stamp, renamed, reads);
  const waits: PendingRead[] = [];
  addOlder(lockWaits, stamp, renamed, waits);
  return { events, renamed, rmwReads: reads, lockWaits: waits };
}

const renameRead = ({ thread, readsFrom, readStamp }: PendingRead, renamed: Renaming): PendingRead => ({
  thread,
  readsFrom: rename(readsFrom, renamed),
  readStamp,
});

function addOlder(reads: readonly PendingRead[], stamp: number, renamed: Renaming, to: PendingRead[]): void {
  for (let i = 0; i < reads.length; i++) if (reads[i].readStamp < stamp) to.push(renameRead(reads[i], renamed));
}

/** Whether the read half of event `s` was added maximally: it reads the coherence-latest store. */
function isMaximalRead(graph: ExecutionGraph, s: number, prefix: readonly number[]): boolean {
  if (graph.events[s].readsFrom.some(isPromise)) return false;
  return graph.areLatest(graph.execution.memory.storesRead(s), graph.events[s].readStamp, prefix, s);
}

/**
 * Whether the store of event `s` was added maximally: it is coherence-latest, and nothing reads it.
 */
function isMaximalWrite({ graph, rmwReads, lockWaits }: GraphBuilder, s: number, prefix: readonly number[]): boolean {
  const { execution, events } = graph;
  const stamp = events[s].writeStamp;
  const written = execution.memory.storesWritten(s);
  if (!graph.areLatest(written, stamp, prefix, s)) return false;
  if (isRead(s, stamp, rmwReads, 0) || isRead(s, stamp, lockWaits, 0)) return false;
  // What comes before an event in the graph does not read it.
  return written.length === 0 || !isRead(s, stamp, events, s + 1);
}

/** Whether one of these, from number `first` on, read event `s` up to `stamp`. */
function isRead(s: number, stamp: number, reads: readonly PendingRead[], first: number): boolean {
  for (let i = first; i < reads.length; i++)
    if (reads[i].readStamp <= stamp && reads[i].readsFrom.includes(s)) return true;
  return false;
}

/** Whether those of these pending reads that are not older than `stamp` were added maximally. */
function areMaximalReads(
  graph: ExecutionGraph,
  reads: readonly PendingRead[],
  stamp: number,
  prefix: readonly number[],
): boolean {
  const { memory, pending } = graph.execution;
  for (let i = 0; i < reads.length; i++) {
    const { thread, readsFrom, readStamp } = reads[i];
    if (readStamp < stamp) continue;
    const locations = memory.locations.of[placeOf(pending[thread])];
    if (!graph.areLatest(graph.storesOf(readsFrom, locations), readStamp, prefix, -1)) return false;
  }
  return true;
}
