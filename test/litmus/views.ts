import { relationsOf } from './axioms.ts';
import type { Event, Graph } from './candidates.ts';
import { closure, type Relation, relation, union } from './relation.ts';

/** By place, the position in its coherence order that one must know of. */
type View = ReadonlyMap<string, number>;

/** The later of two views, place by place. */
const join = (...views: readonly View[]): View => {
  const sum = new Map<string, number>();
  for (const view of views) for (const [place, at] of view) sum.set(place, Math.max(at, sum.get(place) ?? 0));
  return sum;
};

const NOTHING: View = new Map();

/** The views of one thread, by their names in docs/memory-models.md. */
class Views {
  current = NOTHING;
  ahead = NOTHING;
  seen = NOTHING;
  published = NOTHING;
  own = NOTHING;
}

/** Events that share the view S: value-returning read-modify-writes are two fences with the access between them. */
const isFence = ({ kind, writes }: Event): boolean =>
  kind === 'mb' || (/^(xchg|cmpxchg|fetchAdd)$/.test(kind) && writes);

/**
 * The model `weak` by the tables of docs/memory-models.md, asked of a finished execution: whether its events, in some order in which they can have happened,
 * keep to all bounds. That order matters only for what the fences share, so every order of the fences is tried.
 */
export function weak(graph: Graph): boolean {
  const { events } = graph;
  const { po, rf } = relationsOf(graph);
  const happened = union(po, rf);
  // What goes too far already where fences share nothing goes too far in every order of them.
  if (!keepsBounds(inOrder(events, happened), graph, false)) return false;
  for (const fences of orders(events.filter(isFence), events, closure(happened))) {
    const inTurn = relation(events, (a, b) => fences.includes(a) && fences.indexOf(b) === fences.indexOf(a) + 1);
    if (keepsBounds(inOrder(events, union(happened, inTurn)), graph, true)) return true;
  }
  return false;
}

/** Every order of `rest` in which nothing comes before what happened before it. */
function* orders(rest: readonly Event[], events: readonly Event[], happened: Relation): Generator<Event[]> {
  if (rest.length === 0) yield [];
  const before = (a: Event, b: Event): boolean => (happened[events.indexOf(a)] & (1 << events.indexOf(b))) !== 0;
  for (const [i, first] of rest.entries())
    if (!rest.some((other) => before(other, first)))
      for (const later of orders(rest.toSpliced(i, 1), events, happened)) yield [first, ...later];
}

/** The events in an order that goes with a relation without cycles. */
function inOrder(events: readonly Event[], of: Relation): Event[] {
  // A row of the closure has a bit for each event that comes later.
  const later = closure(of).map((row) => row.toString(2).replaceAll('0', '').length);
  return events
    .map((event, i) => ({ event, later: later[i] }))
    .sort((a, b) => b.later - a.later)
    .map(({ event }) => event);
}

/** Whether the events, one after the other, read and write nothing that is older than the views allow. */
function keepsBounds(sorted: readonly Event[], { rf, co }: Graph, sharing: boolean): boolean {
  const positions = new Map([...co.values()].flatMap((writes) => writes.map((write, i) => [write, i] as const)));
  const threads = new Map(sorted.map(({ thread }) => [thread, new Views()]));
  const carried = new Map<Event, View>();
  let shared = NOTHING;

  for (const event of sorted) {
    const { kind, place, thread } = event;
    const views = threads.get(thread)!;
    const itself: View = new Map([[place, positions.get(event)!]]);
    const from = rf.get(event);

    const mb = (): void => {
      views.current = join(views.current, views.ahead, views.seen, shared);
      if (sharing) shared = views.current;
      views.published = views.current;
    };
    const mayRead = (): boolean => positions.get(from!)! >= (join(views.current, views.ahead).get(place) ?? 0);
    const read = (): void => {
      views.current = join(views.current, new Map([[place, positions.get(from!)!]]));
      views.seen = join(views.seen, carried.get(from!)!);
    };
    const mayWrite = (): boolean => positions.get(event)! > (views.current.get(place) ?? 0);
    const write = (...carries: readonly View[]): void => {
      carried.set(event, join(itself, ...carries));
      views.current = join(views.current, itself);
      views.own = join(views.own, itself);
    };

    switch (kind) {
      case 'init':
        carried.set(event, NOTHING);
        break;
      case 'rmb':
        views.ahead = join(views.ahead, views.seen);
        break;
      case 'wmb':
        views.published = join(views.published, views.own);
        break;
      case 'mb':
        mb();
        break;
      case 'load':
      case 'loadAcquire':
        if (!mayRead()) return false;
        read();
        if (kind === 'loadAcquire') views.current = join(views.current, carried.get(from!)!);
        break;
      case 'store':
      case 'storeRelease':
        if (!mayWrite()) return false;
        write(...(kind === 'store' ? [views.published] : [views.current, views.ahead]));
        break;
      case 'lock':
        if (!mayWrite()) return false;
        views.current = join(views.current, carried.get(from!)!, itself);
        break;
      case 'unlock':
        if (!mayWrite()) return false;
        write(views.current, views.ahead);
        break;
      default:
        if (event.writes) mb();
        if (!mayRead()) return false;
        read();
        if (event.writes) {
          if (!mayWrite()) return false;
          write(views.published, carried.get(from!)!);
          mb();
        }
    }
  }
  return true;
}
