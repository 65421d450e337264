import { relationsOf } from './axioms.ts';
import type { Event, Graph } from './candidates.ts';
import { acyclic, closure, type Relation, union } from './relation.ts';

/**
 * By location: a position in its coherence order. Older writes must not be read. By event that
 * happens before: 1.
 */
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

/**
 * The model `rc11` by the tables of docs/memory-models.md, applied to a complete graph: whether its
 * events keep to all bounds in an order that program order and reads-from allow, and psc is
 * acyclic. Views also contain the events that happen before, so that psc is computed from them.
 */
export function views(graph: Graph): boolean {
  const { events } = graph;
  const { po, rf, co, fr } = relationsOf(graph);
  const machine = new ViewMachine(graph);
  if (!inOrder(events, union(po, rf)).every((event) => machine.execute(event))) return false;
  const eco = closure(union(rf, co, fr));
  const isEco = (a: Event, b: Event): boolean => (eco[events.indexOf(a)] & (1 << events.indexOf(b))) !== 0;
  const { fences } = machine;
  const before = fences.map(({ view }) => events.filter((event) => view.has(nameOf(event))));
  const after = fences.map(({ name }) => events.filter((event) => machine.happensAfter(event, name)));
  return acyclic(
    fences.map(({ name }, x) =>
      fences.reduce((row, { view }, y) => {
        const isBefore = x !== y && (view.has(name) || after[x].some((a) => before[y].some((b) => isEco(a, b))));
        return isBefore ? row | (1 << y) : row;
      }, 0),
    ),
  );
}

/** An event in a view. */
const nameOf = ({ thread, index }: Event): string => `${thread}.${index}`;

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
  /** The seq_cst fences, with their names, and their views after them. */
  readonly fences: { readonly name: string; readonly view: View }[] = [];
  private readonly graph: Graph;
  /** By write: its position in coherence order. */
  private readonly positions: ReadonlyMap<Event, number>;
  private readonly threads = new Map<number, Views>();
  /** By write: its message view. */
  private readonly messages = new Map<Event, View>();
  /** By event: what happens before it. */
  private readonly happened = new Map<Event, View>();

  constructor(graph: Graph) {
    this.graph = graph;
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
        this.happened.set(event, join(views.current, views.ahead));
        return true;
      case 'store':
        return this.write(event, views, [views.published]);
      case 'storeRelease':
      case 'unlock':
        return this.write(event, views, [views.current, views.ahead]);
      case 'lock':
        if (!this.mayWrite(event, views)) return false;
        views.current = join(views.current, this.messageRead(event), this.viewOf(event));
        this.happened.set(event, views.current);
        return true;
      default:
        return this.update(event, views);
    }
  }

  /** Whether the fence of this name happens before an event. */
  happensAfter(event: Event, fence: string): boolean {
    return this.happened.get(event)?.has(fence) ?? false;
  }

  private update(event: Event, views: Views): boolean {
    if (!event.writes) return this.read(event, views);
    this.fence(views);
    if (!this.read(event, views)) return false;
    if (!this.write(event, views, [views.published, this.messageRead(event)])) return false;
    return this.fence(views);
  }

  private fence(views: Views): true {
    const name = `fence ${this.fences.length}`;
    views.current = join(views.current, views.ahead, views.seen, new Map([[name, 1]]));
    views.published = views.current;
    this.fences.push({ name, view: views.current });
    return true;
  }

  private read(event: Event, views: Views): boolean {
    const { place } = event;
    const position = this.positions.get(this.graph.rf.get(event)!)!;
    if (position < (join(views.current, views.ahead).get(place) ?? 0)) return false;
    this.happened.set(event, join(views.current, views.ahead));
    views.current = join(views.current, new Map([[place, position]]), new Map([[nameOf(event), 1]]));
    views.seen = join(views.seen, this.messageRead(event));
    return true;
  }

  private mayWrite(event: Event, views: Views): boolean {
    return this.positions.get(event)! > (views.current.get(event.place) ?? 0);
  }

  private write(event: Event, views: Views, published: readonly View[]): boolean {
    if (!this.mayWrite(event, views)) return false;
    if (!event.reads) this.happened.set(event, views.current);
    const own = this.viewOf(event);
    this.messages.set(event, join(own, ...published));
    views.current = join(views.current, own);
    views.own = join(views.own, own);
    return true;
  }

  /** The view that has this write alone. */
  private viewOf(write: Event): View {
    return new Map([
      [write.place, this.positions.get(write)!],
      [nameOf(write), 1],
    ]);
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
