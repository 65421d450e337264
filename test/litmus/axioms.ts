import type { Event, Graph } from './candidates.ts';
import { isMutex } from './litmus.ts';
import { acyclic, relation, union } from './relation.ts';

/** The relations of an execution graph. In program order, the initial writes come first. */
export function relationsOf({ events, rf, co }: Graph) {
  const order = new Map([...co.values()].flatMap((writes) => writes.map((write, i) => [write, i] as const)));
  const same = (a: Event, b: Event): boolean => a.place !== '' && a.place === b.place;
  const later = (a: Event, b: Event): boolean => same(a, b) && a.writes && b.writes && order.get(a)! < order.get(b)!;
  const before = (a: Event, b: Event): boolean => (a.thread === b.thread ? a.index < b.index : a.thread < 0);
  return {
    po: relation(events, (a, b) => before(a, b) && b.thread >= 0),
    poLoc: relation(events, (a, b) => before(a, b) && b.thread >= 0 && same(a, b)),
    rf: relation(events, (a, b) => rf.get(b) === a),
    rfe: relation(events, (a, b) => rf.get(b) === a && a.thread !== b.thread),
    co: relation(events, later),
    /** From-reads: from a read to all coherence-later writes than the one that it reads from. */
    fr: relation(events, (a, b) => a !== b && a.reads && later(rf.get(a)!, b)),
  };
}

/** Sequential consistency: all relations together are acyclic. */
export function sc(graph: Graph): boolean {
  const { po, rf, co, fr } = relationsOf(graph);
  return acyclic(union(po, rf, co, fr));
}

/** Whether x86 needs an empty store buffer for an event. Unlocking a spinlock is a plain store. */
const isFence = ({ kind, place }: Event): boolean =>
  /^(mb|xchg|cmpxchg|fetchAdd|storeSeqCst|lock)$/.test(kind) || (kind === 'unlock' && isMutex(place));

/** x86-TSO: program order is preserved, except from a store to a later load without a fence. */
export function tso(graph: Graph): boolean {
  const { events } = graph;
  const { poLoc, rf, rfe, co, fr } = relationsOf(graph);
  const ordering = ({ kind }: Event): boolean => !/^(rmb|wmb|fence)$/.test(kind);
  const fencedOff = (a: Event, b: Event): boolean =>
    events.some((f) => isFence(f) && f.thread === a.thread && a.index <= f.index && f.index <= b.index);
  const ppo = relation(
    events,
    (a, b) =>
      a.thread === b.thread &&
      a.thread >= 0 &&
      a.index < b.index &&
      ordering(a) &&
      ordering(b) &&
      (!a.writes || !b.reads || fencedOff(a, b)),
  );
  return acyclic(union(poLoc, rf, co, fr)) && acyclic(union(ppo, rfe, co, fr));
}
