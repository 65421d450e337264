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
 * The axioms of RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer, PLDI 2017), with the release sequences
 * of C++20, for tests without `rmb`, `wmb` and locks. `mb` is a seq_cst fence. A value-returning
 * read-modify-write is a relaxed one between two such fences.
 */
export function rc11(candidate: Graph): boolean {
  const graph = fencesApart(candidate);
  const { events } = graph;
  const { po: sb, rf, co, fr } = relationsOf(graph);
  const only = (has: (event: Event) => boolean): Relation => relation(events, (a, b) => a === b && has(a));
  const isFence = ({ kind }: Event): boolean => kind === 'mb';
  const fence = only(isFence);
  const isRmw = ({ reads, writes }: Event): boolean => reads && writes;

  // Release sequences: a store, and the read-modify-writes that continue it.
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
  // Candidates satisfy atomicity by construction.
  return irreflexive(compose(hb, reflexive(eco))) && acyclic(psc) && acyclic(union(sb, rf));
}

/** The same execution, with the fences of read-modify-writes as events of their own. */
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
