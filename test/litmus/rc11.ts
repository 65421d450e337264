import { relationsOf } from './axioms.ts';
import type { Event, Graph } from './candidates.ts';
import { acyclic, closure, compose, irreflexive, type Relation, reflexive, relation, union } from './relation.ts';

/**
 * The axioms of RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer, PLDI 2017), with the release sequences
 * of C++20, for tests without `rmb`, `wmb` and locks. `mb` is a seq_cst fence. A read-modify-write
 * of the order `full` is a relaxed one between two such fences.
 */
export function rc11(candidate: Graph): boolean {
  const graph = fencesApart(candidate);
  const { events } = graph;
  const { po: sb, rf, co, fr } = relationsOf(graph);
  const only = selector(events);
  const scFence = only(isFenceOf(['seq_cst']));
  const hb = happensBefore(graph);
  const eco = closure(union(rf, co, fr));

  const isSame = (a: Event, b: Event): boolean => a.place !== '' && a.place === b.place;
  // As in GenMC 0.11, and other than in the paper: of any location, and a read-modify-write is a
  // load and a later store.
  const apart = union(
    sb,
    only(({ reads, writes }) => reads && writes),
  );
  const ofSame = relation(events, isSame);
  const scb = union(sb, [apart, hb, apart].reduce(compose), both(hb, ofSame), co, fr);
  const scAccess = only(isSeqCst);
  const left = union(scAccess, compose(scFence, reflexive(hb)));
  const right = union(scAccess, compose(reflexive(hb), scFence));
  const ofAccesses = [left, scb, right].reduce(compose);
  const ofFences = [scFence, union(hb, [hb, eco, hb].reduce(compose)), scFence].reduce(compose);
  // Candidates satisfy atomicity by construction.
  return irreflexive(compose(hb, reflexive(eco))) && acyclic(union(ofAccesses, ofFences)) && acyclic(union(sb, rf));
}

/** Happens-before of a graph whose fences are apart. */
function happensBefore(graph: Graph): Relation {
  const { po: sb, rf } = relationsOf(graph);
  const only = selector(graph.events);
  // Release sequences: a store, and the read-modify-writes that continue it.
  const sequence = closure(
    reflexive(
      compose(
        rf,
        only(({ reads, writes }) => reads && writes),
      ),
    ),
  );
  const released = union(only(isRelease), compose(only(isFenceOf(['release', 'acq_rel', 'seq_cst'])), sb));
  const acquired = union(only(isAcquire), compose(sb, only(isFenceOf(['acquire', 'acq_rel', 'seq_cst']))));
  const sw = [released, only(({ writes }) => writes), sequence, rf, acquired].reduce(compose);
  return closure(union(sb, sw));
}

/** Whether two accesses race, if all relaxed loads and stores are plain accesses. */
export function hasRaceIfPlain(candidate: Graph): boolean {
  const graph = fencesApart(candidate);
  const hb = happensBefore(graph);
  const isPlain = ({ kind }: Event): boolean => kind === 'load' || kind === 'store';
  return graph.events.some((a, i) =>
    graph.events.some(
      (b, j) =>
        a.thread !== b.thread &&
        a.place !== '' &&
        a.place === b.place &&
        (a.writes || b.writes) &&
        (isPlain(a) || isPlain(b)) &&
        (hb[i] & (1 << j)) === 0 &&
        (hb[j] & (1 << i)) === 0,
    ),
  );
}

/** The identity on the events with a property. */
const selector =
  (events: readonly Event[]) =>
  (has: (event: Event) => boolean): Relation =>
    relation(events, (a, b) => a === b && has(a));

const both = (a: Relation, b: Relation): Relation => a.map((row, i) => row & b[i]);

/** Whether an event is a fence of one of these orders. */
const isFenceOf =
  (orders: readonly string[]) =>
  ({ kind, order }: Event): boolean =>
    kind === 'mb' ? orders.includes('seq_cst') : kind === 'fence' && orders.includes(order!);

const isRmwOf = ({ reads, order = '' }: Event, orders: readonly string[]): boolean => reads && orders.includes(order);

const isSeqCst = (event: Event): boolean =>
  event.kind === 'loadSeqCst' || event.kind === 'storeSeqCst' || isRmwOf(event, ['seq_cst']);

const isAcquire = (event: Event): boolean =>
  event.kind === 'loadAcquire' || event.kind === 'loadSeqCst' || isRmwOf(event, ['acquire', 'acq_rel', 'seq_cst']);

const isRelease = (event: Event): boolean =>
  event.kind === 'storeRelease' ||
  event.kind === 'storeSeqCst' ||
  (event.writes && isRmwOf(event, ['release', 'acq_rel', 'seq_cst']));

/** The same execution, with the fences of read-modify-writes as events of their own. */
function fencesApart({ events, rf, co, results }: Graph): Graph {
  const moved = new Map<Event, Event>();
  const apart = events.flatMap((event) => {
    const index = 3 * event.index + 1;
    const same = { ...event, index };
    moved.set(event, same);
    if (!event.reads || !event.writes || event.order !== 'full') return [same];
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
