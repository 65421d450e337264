import { Kind, kindOf, placeOf } from '../../memory/kinds.ts';
import { rename } from './graph.ts';
import type { GraphBuilder } from './graphBuilder.ts';
import { restrictMaximally } from './maximality.ts';
import { type GraphEvent, latestStamp } from './partialGraph.ts';

/*
 * Locks are not part of the paper. Taking a lock is an event that reads the last unlock. A thread
 * that waits for a lock adds no event: it is a pending read of the event that took the lock.
 */

/**
 * The revisits of a lock that `thread` is about to take. For each event that took it, there is a
 * branch where this thread takes the lock instead, and the other thread waits.
 */
export function addLockRevisits(builder: GraphBuilder, thread: number): void {
  const { graph, execution, workList } = builder;
  const { stores } = execution.memory;
  const [location] = builder.locationsOf(thread);
  const order = stores.order[location];
  for (let i = 1; i < order.length; i++) {
    const s = stores.step[order[i]];
    if (graph.kindOf(s) !== Kind.lock) continue;
    const previous = stores.step[order[i - 1]];
    const prefix = graph.prefixOf(thread, [previous]);
    if (graph.isIn(prefix, s)) continue;
    const { thread: other, readStamp } = graph.events[s];
    const restricted = restrictMaximally(builder, s, readStamp, prefix);
    if (restricted === undefined) continue;
    const { events, rmwReads, lockWaits, renamed } = restricted;
    const readsFrom = rename([previous], renamed);
    const stamp = graph.nextStamp(latestStamp(lockWaits, latestStamp(rmwReads, readStamp)));
    workList.push({
      events: [
        ...events,
        { thread, readsFrom, coherenceAfter: readsFrom, chosen: 0, readStamp: stamp, writeStamp: stamp },
      ],
      rmwReads,
      lockWaits: [...lockWaits, { thread: other, readsFrom: [events.length], readStamp }],
    });
  }
}

/**
 * The revisits of a lock or unlock that is about to be added as `event`. For each thread that waits
 * for the lock, there is a branch where it has read this event. It then takes the lock if it is
 * free.
 */
export function notifyLockWaiters(builder: GraphBuilder, event: GraphEvent): void {
  const { graph, execution, workList } = builder;
  const code = execution.pending[event.thread];
  const isTaken = kindOf(code) === Kind.lock;
  const prefix = graph.prefixOf(event.thread, isTaken ? event.readsFrom : []);
  for (const { thread, readStamp } of builder.lockWaits) {
    if (placeOf(execution.pending[thread]) !== placeOf(code) || thread === event.thread) continue;
    const restricted = restrictMaximally(builder, -1, readStamp, prefix);
    if (restricted === undefined) continue;
    const { events, rmwReads, lockWaits, renamed } = restricted;
    const stamp = graph.nextStamp(latestStamp(lockWaits, latestStamp(rmwReads, Math.max(readStamp, event.readStamp))));
    const added = {
      thread: event.thread,
      readsFrom: rename(event.readsFrom, renamed),
      coherenceAfter: rename(event.coherenceAfter, renamed),
      chosen: 0,
      readStamp: event.readStamp === event.writeStamp ? stamp : event.readStamp,
      writeStamp: stamp,
    };
    const waiter = { thread, readsFrom: [events.length], readStamp };
    workList.push({
      events: [...events, added],
      rmwReads: isTaken ? rmwReads : [waiter, ...rmwReads],
      lockWaits: isTaken ? [...lockWaits, waiter] : lockWaits,
    });
  }
}

/**
 * Whether `thread`, which waits for a lock, has read the event that accessed it last. Otherwise
 * another branch has notified it of that event.
 */
export function hasReadLatest(builder: GraphBuilder, thread: number, readsFrom: readonly number[]): boolean {
  const { stores } = builder.execution.memory;
  return stores.step[stores.last(builder.locationsOf(thread)[0])] === readsFrom[0];
}
