import {
  acquires,
  type Event,
  type EventSite,
  eventsBetween,
  isFullFenceEvent,
  isLoadEvent,
  isStoreEvent,
  isSureFullFence,
  mayAlias,
  releases,
  sitesOf,
} from './events.ts';
import type { LitmusTest } from './syntax.ts';

/**
 * The reasons why `rc11` may allow an outcome that the LKMM (Linux kernel memory model) forbids in
 * this test. They are orderings that `rc11` lacks (see docs/memory-models.md), if the test has
 * something that they apply to.
 */
export function explainExtraOutcome(test: LitmusTest): string[] {
  const sites = sitesOf(test);
  const all = sites.flat();
  const reasons: string[] = [];
  if (all.some((site) => dependsOnly(site))) reasons.push('dependencies order nothing here');
  if (pairs(sites).some(([a, b]) => publishesUnacquired(a, b, all)))
    reasons.push('a release here does not pass on what was read without acquire (A-cumulativity)');
  if (all.some((site) => followsUnlock(site, all)))
    reasons.push('an unlock and a lock after it order nothing here for others');
  if (pairs(sites).some(([a, b]) => propagatesUnfenced(a, b, all)))
    reasons.push('after smp_mb, an order of execution alone passes nothing on here');
  if (pairs(sites).some(([a, b]) => isUnfencedUpdate(a) && isStoreEvent(b.event) && isAcross(a, b, 'smp_wmb')))
    reasons.push('smp_wmb does not pass on what an atomic has read here');
  if (pairs(sites).some(([a, b]) => isLoadEvent(a.event) && isUnfencedUpdate(b) && isAcross(a, b, 'smp_rmb')))
    reasons.push('smp_rmb does not order the store of an atomic here');
  return reasons;
}

const isUnfencedUpdate = ({ event }: EventSite): boolean => event.kind === 'update' && !isFullFenceEvent(event);
/** Whether this fence is between two events of a thread. */
const isAcross = (a: EventSite, b: EventSite, fence: string): boolean =>
  eventsBetween(a, b).some(({ how }) => how === fence);

/** All pairs of events of the same thread, the earlier one first. */
function pairs(sites: readonly (readonly EventSite[])[]): (readonly [EventSite, EventSite])[] {
  return sites.flatMap((thread) => thread.flatMap((a) => thread.slice(a.i + 1).map((b) => [a, b] as const)));
}

/** Whether a dependency alone orders an access after a load. */
function dependsOnly({ event, i, thread }: EventSite): boolean {
  return [...event.from].some((load) => {
    const fenced = thread
      .slice(load + 1, i)
      .some((other) => isSureFullFence(other) || (other.how === 'smp_rmb' && event.kind === 'load'));
    return !acquires(thread[load]) && !isSureFullFence(thread[load]) && !isFullFenceEvent(event) && !fenced;
  });
}

/**
 * Whether a load may read what another thread publishes, and a release follows without an acquire
 * in between (A-cumulativity). Behind smp_rmb, a release passes on what was read, but may itself
 * come before it in coherence order.
 */
function publishesUnacquired(load: EventSite, release: EventSite, all: readonly EventSite[]): boolean {
  if (!isLoadEvent(load.event) || acquires(load.event) || isSureFullFence(load.event) || !releases(release.event))
    return false;
  const between = eventsBetween(load, release);
  if (between.some(isSureFullFence)) return false;
  const isPlaced = all.some(
    (other) => isStoreEvent(other.event) && other.thread !== release.thread && sitesMayAlias(other, release),
  );
  if (!isPlaced && between.some((event) => event.how === 'smp_rmb')) return false;
  return all.some((store) => store.thread !== load.thread && sitesMayAlias(store, load) && publishes(store));
}

/** Whether a store publishes earlier stores, too. */
function publishes({ event, i, thread }: EventSite): boolean {
  const fenced = thread.slice(0, i).some((before) => isFullFenceEvent(before) || before.how === 'smp_wmb');
  return isStoreEvent(event) && (releases(event) || isFullFenceEvent(event) || fenced);
}

/**
 * Whether a lock may come after an unlock of the same thread or lock. A store must follow that
 * publishes only itself and is read without the lock.
 */
function followsUnlock(lock: EventSite, all: readonly EventSite[]): boolean {
  if (lock.event.kind !== 'lock') return false;
  const unlocked = all.some(
    ({ event, i, thread }) =>
      event.kind === 'unlock' && (thread === lock.thread ? i < lock.i : mayAlias(event, lock.event)),
  );
  const seen = (store: EventSite): boolean =>
    all.some(
      (other) => other.thread !== lock.thread && isAccess(other) && sitesMayAlias(other, store) && !holds(other, lock),
    );
  return unlocked && all.some((store) => isBare(store) && follows(store, lock) && seen(store));
}

const sitesMayAlias = (a: EventSite, b: EventSite): boolean => mayAlias(a.event, b.event);
const isAccess = ({ event }: EventSite): boolean => isLoadEvent(event) || isStoreEvent(event);
/** Whether an event is a store that publishes nothing but what a `wmb` makes it publish. */
const isBare = ({ event }: EventSite): boolean => isStoreEvent(event) && !releases(event) && !isFullFenceEvent(event);
/** Whether `b` follows `a` in the same thread, without a full fence in between. */
const follows = (b: EventSite, a: EventSite): boolean =>
  a.thread === b.thread && a.i < b.i && !eventsBetween(a, b).some(isSureFullFence);

/** Whether the thread holds the lock at this event. */
function holds({ thread, i }: EventSite, { event: lock }: EventSite): boolean {
  const last = thread.slice(0, i).findLast(({ kind, at }) => (kind === 'lock' || kind === 'unlock') && at === lock.at);
  return last?.kind === 'lock';
}

/**
 * Whether an acquire reads a store that follows a full fence, and then a store follows that
 * publishes only itself, to a third thread.
 */
function propagatesUnfenced(acquire: EventSite, store: EventSite, all: readonly EventSite[]): boolean {
  if (!acquires(acquire.event) || !isBare(store) || !follows(store, acquire)) return false;
  const fenced = ({ event, i, thread }: EventSite): boolean =>
    isStoreEvent(event) && thread.slice(0, i + 1).some(isFullFenceEvent);
  return (
    all.some((from) => from.thread !== acquire.thread && sitesMayAlias(from, acquire) && fenced(from)) &&
    all.some((to) => to.thread !== store.thread && isLoadEvent(to.event) && sitesMayAlias(to, store))
  );
}

/** The reasons why `rc11` may forbid an outcome that the LKMM allows in this test. */
export function explainMissingOutcome(test: LitmusTest): string[] {
  const sites = sitesOf(test);
  const all = sites.flat();
  const reasons: string[] = [];
  if (loadBuffering(sites)) reasons.push('load buffering is forbidden here');
  if (all.some(({ event }) => event.how === 'read' || event.how === 'write'))
    reasons.push('plain accesses are as READ_ONCE and WRITE_ONCE here');
  const fences = new Set(all.map(({ event }) => event.how).filter((how) => how.startsWith('smp_mb__')));
  for (const fence of fences) reasons.push(`${fence} is smp_mb here`);
  if (all.some(({ event }) => event.isNoreturn) && all.some(({ event }) => event.how === 'smp_rmb'))
    reasons.push('an atomic without a value is a load for smp_rmb here');
  if (all.some(({ event }) => event.how === 'cmpxchg' && event.order === 'acquire'))
    reasons.push('a cmpxchg_acquire that fails is an acquire here');
  return reasons;
}

/** A load and a later store of the same thread, or an update, which is both. */
interface LoadStorePair {
  readonly thread: number;
  readonly load: Event;
  readonly store: Event;
  /** Whether the LKMM allows the store to be seen before the load is executed. */
  readonly isReorderable: boolean;
}

/** Whether reads-from and such pairs may form a cycle through a reorderable pair. */
function loadBuffering(sites: readonly (readonly EventSite[])[]): boolean {
  const candidates = sites.flatMap((thread, number) =>
    thread.flatMap((load) =>
      thread
        .slice(load.i)
        .filter((store) => isLoadEvent(load.event) && isStoreEvent(store.event))
        .map((store) => ({
          thread: number,
          load: load.event,
          store: store.event,
          isReorderable: isReorderable(load, store),
        })),
    ),
  );
  return candidates.filter((pair) => pair.isReorderable).some((pair) => isOnCycle(pair, candidates));
}

function isReorderable(load: EventSite, store: EventSite): boolean {
  if (load.i === store.i || (load.event.at !== null && load.event.at === store.event.at)) return false;
  const [a, b] = [load.event, store.event];
  if (acquires(a) || releases(b) || b.from.has(load.i)) return false;
  // The store itself tells that a cmpxchg succeeds.
  return !isFullFenceEvent(b) && ![a, ...eventsBetween(load, store)].some(isSureFullFence);
}

function isOnCycle(first: LoadStorePair, candidates: readonly LoadStorePair[]): boolean {
  const reached = new Set<LoadStorePair>();
  const stores = [first.store];
  for (let store = stores.pop(); store !== undefined; store = stores.pop()) {
    for (const next of candidates) {
      if (reached.has(next) || next.thread === first.thread || !mayAlias(store, next.load)) continue;
      if (mayAlias(next.store, first.load)) return true;
      reached.add(next);
      stores.push(next.store);
    }
  }
  return false;
}
