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
  { graph, rmwReads, lockWaits }: GraphBuilder,
  removed: number,
  stamp: number,
  prefix: Int32Array,
): RestrictedGraph | undefined {
  const pending = [...rmwReads, ...lockWaits];
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
    if (deletesRead && !isMaximalRead(graph, s, prefix)) return undefined;
    if (deletesWrite && !isMaximalWrite(graph, s, prefix, pending)) return undefined;
    if (!deletesRead && deletesWrite) halves.push(s);
    else if (!deletesRead) kept.push(s);
  }
  if (pending.some((read) => read.readStamp >= stamp && !isMaximalPendingRead(graph, read, prefix))) return undefined;
  const { events, renamed } = graph.restrict(kept);
  const renameRead = ({ thread, readsFrom, readStamp }: PendingRead): PendingRead => ({
    thread,
    readsFrom: rename(readsFrom, renamed),
    readStamp,
  });
  const isOlder = ({ readStamp }: PendingRead): boolean => readStamp < stamp;
  return {
    events,
    renamed,
    rmwReads: [...halves.map((s) => renameRead(graph.events[s])), ...rmwReads.filter(isOlder).map(renameRead)],
    lockWaits: lockWaits.filter(isOlder).map(renameRead),
  };
}

/** Whether the read half of event `s` was added maximally: it reads the coherence-latest store. */
function isMaximalRead(graph: ExecutionGraph, s: number, prefix: Int32Array): boolean {
  if (graph.events[s].readsFrom.some(isPromise)) return false;
  return graph.areLatest(graph.execution.memory.storesRead(s), graph.events[s].readStamp, prefix, s);
}

/**
 * Whether the store of event `s` was added maximally: it is coherence-latest, and nothing reads it.
 */
function isMaximalWrite(
  graph: ExecutionGraph,
  s: number,
  prefix: Int32Array,
  pending: readonly PendingRead[],
): boolean {
  const { execution, events } = graph;
  const stamp = events[s].writeStamp;
  const written = execution.memory.storesWritten(s);
  if (!graph.areLatest(written, stamp, prefix, s)) return false;
  if (pending.some(({ readsFrom, readStamp }) => readsFrom.includes(s) && readStamp <= stamp)) return false;
  if (written.length === 0) return true;
  // What comes before an event in the graph does not read it.
  for (let reader = s + 1; reader < events.length; reader++) {
    const { readsFrom, readStamp } = events[reader];
    if (readStamp <= stamp && readsFrom.includes(s)) return false;
  }
  return true;
}

function isMaximalPendingRead(graph: ExecutionGraph, read: PendingRead, prefix: Int32Array): boolean {
  const { memory, pending } = graph.execution;
  const locations = memory.locations.of[placeOf(pending[read.thread])];
  return graph.areLatest(graph.storesOf(read.readsFrom, locations), read.readStamp, prefix, -1);
}
