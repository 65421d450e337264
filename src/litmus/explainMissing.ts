import {
  acquires,
  type EventSite,
  eventsBetween,
  isFullFence,
  isLoad,
  isStoreEvent,
  mayMeet,
  releases,
  sitesOf,
} from './eventOrder.ts';
import type { Event } from './events.ts';
import type { Test } from './syntax.ts';

/** Why `weak` may forbid what the LKMM allows in this test; as in `whyMore`. */
export function explainMissingOutcome(test: Test): string[] {
  const sites = sitesOf(test);
  const all = sites.flat();
  const reasons: string[] = [];
  if (loadBuffering(sites)) reasons.push('load buffering is forbidden here');
  if (all.some(({ event }) => event.how === 'read' || event.how === 'write'))
    reasons.push('plain accesses are as READ_ONCE and WRITE_ONCE here');
  const fences = new Set(all.map(({ event }) => event.how).filter((how) => how.startsWith('smp_mb__')));
  for (const fence of fences) reasons.push(`${fence} is smp_mb here`);
  return reasons;
}

/** A load and a later store (or one update, which is both) of one thread: what is read may lead to what is written. */
interface Way {
  readonly thread: number;
  readonly load: Event;
  readonly store: Event;
  /** Whether the LKMM lets the store be seen before the load is made. */
  readonly open: boolean;
}

/** Whether values may go round through all these ways, back to a load that may come after the store that they led to. */
function loadBuffering(sites: readonly (readonly EventSite[])[]): boolean {
  const ways = sites.flatMap((thread, number) =>
    thread.flatMap((load) =>
      thread
        .slice(load.i)
        .filter((store) => isLoad(load.event) && isStoreEvent(store.event))
        .map((store) => ({ thread: number, load: load.event, store: store.event, open: isOpen(load, store) })),
    ),
  );
  return ways.filter(({ open }) => open).some((way) => goesRound(way, ways));
}

function isOpen(load: EventSite, store: EventSite): boolean {
  if (load.i === store.i || (load.event.at !== null && load.event.at === store.event.at)) return false;
  const [a, b] = [load.event, store.event];
  if (acquires(a) || releases(b) || b.from.has(load.i)) return false;
  return ![a, b, ...eventsBetween(load, store)].some(isFullFence);
}

function goesRound(way: Way, ways: readonly Way[]): boolean {
  const reached = new Set<Way>();
  const open = [way.store];
  for (let store = open.pop(); store !== undefined; store = open.pop()) {
    for (const next of ways) {
      if (reached.has(next) || next.thread === way.thread || !mayMeet(store, next.load)) continue;
      if (mayMeet(next.store, way.load)) return true;
      reached.add(next);
      open.push(next.store);
    }
  }
  return false;
}
