import { relationsOf } from './axioms.ts';
import type { Event, Graph } from './candidates.ts';
import {
  acyclic,
  closure,
  compose,
  irreflexive,
  type Relation,
  reflexive,
  relation,
  union,
  within,
} from './relation.ts';

/**
 * RC11 as its authors state it (Lahav, Vafeiadis, Kang, Hur, Dreyer, PLDI 2017), with the release sequences of C++20, for tests without `rmb`, `wmb` and
 * locks: no word of views. `mb` is a fence `seq_cst`, a value-returning read-modify-write a relaxed one between two of those.
 */
export const rc11 = (graph: Graph): boolean => isRc11(graph, false);

/**
 * RC11 where the fences come, besides, in an order in which they can have happened: no value goes from what came after a later one to what came before an
 * earlier one. RC11 itself asks that only of values that carry happens-before. Whatever takes one step after the other is held to it.
 */
export const rc11InSteps = (graph: Graph): boolean => isRc11(graph, true);

function isRc11(candidate: Graph, inSteps: boolean): boolean {
  const graph = fencesApart(candidate);
  const { events } = graph;
  const { po: sb, rf, co, fr } = relationsOf(graph);
  const only = (has: (event: Event) => boolean): Relation => relation(events, (a, b) => a === b && has(a));
  const isFence = ({ kind }: Event): boolean => kind === 'mb';
  const fence = only(isFence);
  const isRmw = ({ reads, writes }: Event): boolean => reads && writes;

  // A store, and the read-modify-writes that go on from it.
  const sequence = closure(reflexive(compose(rf, only(isRmw))));
  const released = union(
    only(({ kind }) => kind === 'storeRelease'),
    compose(fence, sb),
  );
  const acquired = union(
    only(({ kind }) => kind === 'loadAcquire'),
    compose(sb, fence),
  );
  const sw = [released, only(({ writes }) => writes), sequence, rf, acquired].reduce(compose);
  const hb = closure(union(sb, sw));
  const eco = closure(union(rf, co, fr));

  const betweenFences = (of: Relation): Relation => within(of, (a) => isFence(events[a]));
  const psc = betweenFences(union(hb, compose(compose(hb, eco), hb)));
  const before = closure(union(sb, rf));
  const fences = inSteps ? union(psc, betweenFences(before)) : psc;
  // Atomicity is how candidates are made.
  return irreflexive(compose(hb, reflexive(eco))) && acyclic(fences) && irreflexive(before);
}

/** The same execution with the fences of the read-modify-writes as events of their own. */
function fencesApart({ events, rf, co, results }: Graph): Graph {
  const moved = new Map<Event, Event>();
  const apart = events.flatMap((event) => {
    const index = 3 * event.index + 1;
    const same = { ...event, index };
    moved.set(event, same);
    if (!event.reads || !event.writes) return [same];
    const fence = { ...event, kind: 'mb', place: '', reads: false, writes: false } as const;
    return [{ ...fence, index: index - 1 }, same, { ...fence, index: index + 1 }];
  });
  const to = (event: Event): Event => moved.get(event)!;
  return {
    events: apart,
    rf: new Map([...rf].map(([read, write]) => [to(read), to(write)])),
    co: new Map([...co].map(([place, writes]) => [place, writes.map(to)])),
    results,
  };
}
