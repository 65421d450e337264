import { isChoice, isFence, isLocking, isRmw, isWrite, Kind, kindOf } from '../../memory/kinds.ts';
import { rename } from './graph.ts';
import type { GraphBuilder } from './graphBuilder.ts';
import { addLockRevisits, notifyLockWaiters } from './locks.ts';
import { restrictMaximally } from './maximality.ts';
import { type BackwardRevisit, type GraphEvent, isPromise, type PendingRead } from './partialGraph.ts';

/**
 * The forward revisits of the next access of `thread`. There is one event for each store that it
 * may read and each coherence position that it may take. Adds the backward revisits of a store to
 * the work list.
 *
 * @param half the read half of the access, if it is in the graph already.
 */
export function forwardRevisits(builder: GraphBuilder, thread: number, half: PendingRead | undefined): GraphEvent[] {
  const { graph, execution } = builder;
  const { choices } = execution.memory;
  const kind = kindOf(execution.pending[thread]);
  const stamp = builder.nextStamp(half?.readStamp ?? 0);
  const readStamp = half?.readStamp ?? stamp;
  const event = (from: readonly number[], after: readonly number[], chosen = 0): GraphEvent => ({
    thread,
    readsFrom: graph.eventsOf(from),
    coherenceAfter: graph.eventsOf(after),
    chosen,
    readStamp,
    writeStamp: after.length > 0 ? stamp : readStamp,
  });
  if (isChoice(kind)) {
    const count = execution.tree.operand[execution.node[thread]];
    return Array.from({ length: count }, (_, chosen) => event([], [], chosen));
  }
  if (isFence(kind)) return [event([], [])];
  if (isLocking(kind)) {
    const events = choices.of(thread).map(({ from, after }) => event(from, after));
    if (kind === Kind.lock && half === undefined) addLockRevisits(builder, thread);
    notifyLockWaiters(builder, events[0]);
    return events;
  }
  if (!isWrite(kind)) return choices.readable(thread).map((from) => event(from, []));
  if (!isRmw(kind)) {
    addBackwardRevisits(builder, { thread, readsFrom: [], readStamp });
    return choices.placements(thread).map((after) => event([], after));
  }
  const locations = builder.locationsOf(thread);
  const readChoices = half ? [graph.storesOf(half.readsFrom, locations)] : choices.readable(thread);
  return readChoices.flatMap((from) => {
    if (choices.isFailing(thread, from)) return [event(from, [])];
    if (!choices.mayUpdate(thread, from)) return [];
    // Also where another RMW has updated `from`: a backward revisit deletes that RMW, and `from` is
    // free again.
    addBackwardRevisits(builder, { thread, readsFrom: graph.eventsOf(from), readStamp });
    return updatePositions(builder, thread, from).map((after) => event(from, after));
  });
}

/**
 * Where the store of a read-modify-write may be placed that reads `from`: right after it. One that
 * reads a promise may be anywhere, as the store that keeps the promise comes later.
 */
function updatePositions(
  { execution }: GraphBuilder,
  thread: number,
  from: readonly number[],
): readonly (readonly number[])[] {
  const { choices } = execution.memory;
  if (from.some(isPromise)) return choices.placements(thread);
  return choices.isFree(from) ? [from] : [];
}

/**
 * Adds the backward revisits of the next store of a thread. There is one for each read of its
 * location that is not in its porf prefix, and whose Deleted set was added maximally.
 */
function addBackwardRevisits(builder: GraphBuilder, store: PendingRead): void {
  const { graph, workList } = builder;
  // An access to several locations is not supported.
  const [location] = builder.locationsOf(store.thread);
  const prefix = graph.prefixOf(store.thread, store.readsFrom);
  for (const s of graph.readers[location]) {
    if (graph.isIn(prefix, s) || graph.isLockEvent(s)) continue;
    const { thread, readStamp } = graph.events[s];
    const restricted = restrictMaximally(builder, s, readStamp, prefix);
    if (restricted === undefined) continue;
    const { events, rmwReads, lockWaits, renamed } = restricted;
    const readsFrom = rename(store.readsFrom, renamed);
    const backwardRevisit = { ...store, readsFrom, reader: { thread, readStamp } };
    workList.push({ events, rmwReads, lockWaits, backwardRevisit });
  }
}

/**
 * Adds the store at each coherence position, makes the reader read from it, and adds the branches.
 */
export function applyBackwardRevisit(builder: GraphBuilder, revisit: BackwardRevisit): void {
  const { graph, execution, rmwReads, lockWaits, workList } = builder;
  const { thread, readsFrom, readStamp, reader } = revisit;
  const { steps } = execution;
  const { choices, stores } = execution.memory;
  const locations = builder.locationsOf(thread);
  const storeIsRmw = isRmw(kindOf(execution.pending[thread]));
  const read = graph.storesOf(readsFrom, locations);
  const stamp = builder.nextStamp(reader.readStamp);
  const mayUpdate = storeIsRmw && choices.mayUpdate(thread, read);
  const updates = mayUpdate ? updatePositions(builder, thread, read) : [];
  const positions = storeIsRmw ? updates : choices.placements(thread);
  for (const after of positions) {
    const coherenceAfter = graph.eventsOf(after);
    graph.add({
      thread,
      readsFrom,
      coherenceAfter,
      chosen: 0,
      readStamp: storeIsRmw ? readStamp : stamp,
      writeStamp: stamp,
    });
    const kind = kindOf(execution.pending[reader.thread]);
    for (const reading of choices.readable(reader.thread).toReversed()) {
      if (!reading.some((store) => stores.step[store] === steps)) continue;
      const { thread: other, readStamp: stampOfRead } = reader;
      const from = graph.eventsOf(reading);
      if (isRmw(kind) && !choices.isFailing(other, reading)) {
        const half = { thread: other, readsFrom: from, readStamp: stampOfRead };
        workList.push({ events: [...graph.events], rmwReads: [half, ...rmwReads], lockWaits });
      } else {
        const load = {
          thread: other,
          readsFrom: from,
          coherenceAfter: [],
          chosen: 0,
          readStamp: stampOfRead,
          writeStamp: stampOfRead,
        };
        workList.push({ events: [...graph.events, load], rmwReads, lockWaits });
      }
    }
    graph.truncate(steps);
  }
}
