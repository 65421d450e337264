import { relationsOf } from './axioms.ts';
import type { Event, Graph } from './candidates.ts';
import { closure, type Relation, relation, union } from './relation.ts';

/** By location: a position in its coherence order. Older writes must not be read. */
type View = ReadonlyMap<string, number>;

/** The pointwise maximum of views. */
const join = (...views: readonly View[]): View => {
  const sum = new Map<string, number>();
  for (const view of views) for (const [place, at] of view) sum.set(place, Math.max(at, sum.get(place) ?? 0));
  return sum;
};

const NOTHING: View = new Map();

/** The views of one thread, named as in docs/memory-models.md. */
class Views {
  current = NOTHING;
  ahead = NOTHING;
  seen = NOTHING;
  published = NOTHING;
  own = NOTHING;
}

/** Events that use the view S. A value-returning RMW is an access between two full fences. */
const isFence = ({ kind, writes }: Event): boolean =>
  kind === 'mb' || (/^(xchg|cmpxchg|fetchAdd)$/.test(kind) && writes);

/**
 * The model `weak` by the tables of docs/memory-models.md, applied to a complete graph. It is
 * whether its events keep to all bounds in some order that program order and reads-from allow. The
 * order matters only for the view that fences share, so each order of the fences is tried.
 */
export function weak(graph: Graph): boolean {
  const { events } = graph;
  const { po, rf } = relationsOf(graph);
  const happened = union(po, rf);
  // A bound that is exceeded without shared fences is exceeded in each order of them.
  if (!keepsBounds(inOrder(events, happened), graph, false)) return false;
  for (const fences of orders(events.filter(isFence), events, closure(happened))) {
    const inTurn = relation(events, (a, b) => fences.includes(a) && fences.indexOf(b) === fences.indexOf(a) + 1);
    if (keepsBounds(inOrder(events, union(happened, inTurn)), graph, true)) return true;
  }
  return false;
}

/** All orders of `rest` that keep to the relation `happened`. */
function* orders(rest: readonly Event[], events: readonly Event[], happened: Relation): Generator<Event[]> {
  if (rest.length === 0) yield [];
  const before = (a: Event, b: Event): boolean => (happened[events.indexOf(a)] & (1 << events.indexOf(b))) !== 0;
  for (const [i, first] of rest.entries())
    if (!rest.some((other) => before(other, first)))
      for (const later of orders(rest.toSpliced(i, 1), events, happened)) yield [first, ...later];
}

/** A topological order of the events for an acyclic relation. */
function inOrder(events: readonly Event[], of: Relation): Event[] {
  // In the closure, the row of an event has a bit for each later event.
  const later = closure(of).map((row) => row.toString(2).replaceAll('0', '').length);
  return events
    .map((event, i) => ({ event, later: later[i] }))
    .sort((a, b) => b.later - a.later)
    .map(({ event }) => event);
}

/** Executes the events of a graph one after the other, and checks the bounds that the views set. */
class ViewMachine {
  private readonly graph: Graph;
  private readonly shareFences: boolean;
  /** By write: its position in coherence order. */
  private readonly positions: ReadonlyMap<Event, number>;
  private readonly threads = new Map<number, Views>();
  /** By write: its message view. */
  private readonly messages = new Map<Event, View>();
  /** The view S, which all full fences share. */
  private shared = NOTHING;

  constructor(graph: Graph, shareFences: boolean) {
    this.graph = graph;
    this.shareFences = shareFences;
    this.positions = new Map([...graph.co.values()].flatMap((writes) => writes.map((write, i) => [write, i] as const)));
  }

  /**
   * Returns false if the event reads or writes something older than the views of its thread allow.
   */
  execute(event: Event): boolean {
    const views = this.viewsOf(event.thread);
    const { kind } = event;
    switch (kind) {
      case 'init':
        this.messages.set(event, NOTHING);
        return true;
      case 'rmb':
        views.ahead = join(views.ahead, views.seen);
        return true;
      case 'wmb':
        views.published = join(views.published, views.own);
        return true;
      case 'mb':
        return this.fence(views);
      case 'load':
      case 'loadAcquire':
        if (!this.read(event, views)) return false;
        if (kind === 'loadAcquire') views.current = join(views.current, this.messageRead(event));
        return true;
      case 'store':
        return this.write(event, views, [views.published]);
      case 'storeRelease':
      case 'unlock':
        return this.write(event, views, [views.current, views.ahead]);
      case 'lock':
        if (!this.mayWrite(event, views)) return false;
        views.current = join(views.current, this.messageRead(event), this.viewOf(event));
        return true;
      default:
        return this.update(event, views);
    }
  }

  private update(event: Event, views: Views): boolean {
    if (!event.writes) return this.read(event, views);
    this.fence(views);
    if (!this.read(event, views)) return false;
    if (!this.write(event, views, [views.published, this.messageRead(event)])) return false;
    return this.fence(views);
  }

  private fence(views: Views): true {
    views.current = join(views.current, views.ahead, views.seen, this.shared);
    if (this.shareFences) this.shared = views.current;
    views.published = views.current;
    return true;
  }

  private read(event: Event, views: Views): boolean {
    const { place } = event;
    const position = this.positions.get(this.graph.rf.get(event)!)!;
    if (position < (join(views.current, views.ahead).get(place) ?? 0)) return false;
    views.current = join(views.current, new Map([[place, position]]));
    views.seen = join(views.seen, this.messageRead(event));
    return true;
  }

  private mayWrite(event: Event, views: Views): boolean {
    return this.positions.get(event)! > (views.current.get(event.place) ?? 0);
  }

  private write(event: Event, views: Views, published: readonly View[]): boolean {
    if (!this.mayWrite(event, views)) return false;
    const own = this.viewOf(event);
    this.messages.set(event, join(own, ...published));
    views.current = join(views.current, own);
    views.own = join(views.own, own);
    return true;
  }

  /** The view that has this write alone. */
  private viewOf(write: Event): View {
    return new Map([[write.place, this.positions.get(write)!]]);
  }

  /** The message view of the write that a read reads from. */
  private messageRead(read: Event): View {
    return this.messages.get(this.graph.rf.get(read)!)!;
  }

  private viewsOf(thread: number): Views {
    const views = this.threads.get(thread) ?? new Views();
    this.threads.set(thread, views);
    return views;
  }
}

/** Whether the events, executed in this order, keep to all bounds. */
function keepsBounds(sorted: readonly Event[], graph: Graph, shareFences: boolean): boolean {
  const machine = new ViewMachine(graph, shareFences);
  return sorted.every((event) => machine.execute(event));
}
