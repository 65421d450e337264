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
import type { Test } from './syntax.ts';

/**
 * Why `weak` may allow what the LKMM forbids in this test: what the LKMM has and `weak` has not (see docs/memory-models.md), where the program has
 * something that it applies to.
 */
export function explainExtraOutcome(test: Test): string[] {
  const sites = sitesOf(test);
  const all = sites.flat();
  const reasons: string[] = [];
  if (all.some((site) => depends(site))) reasons.push('dependencies order nothing here');
  if (pairs(sites).some(([a, b]) => passesOnUnacquired(a, b, all)))
    reasons.push('a release here does not pass on what was read without acquire (A-cumulativity)');
  if (all.some((site) => followsUnlock(site, all)))
    reasons.push('an unlock and a lock after it order nothing here for others');
  if (pairs(sites).some(([a, b]) => goesOnUnfenced(a, b, all)))
    reasons.push('after smp_mb, an order of execution alone passes nothing on here');
  return reasons;
}

/** All pairs of events of one thread, the earlier first. */
function pairs(sites: readonly (readonly EventSite[])[]): (readonly [EventSite, EventSite])[] {
  return sites.flatMap((thread) => thread.flatMap((a) => thread.slice(a.i + 1).map((b) => [a, b] as const)));
}

/** An access whose only order after a load is that it depends on it. */
function depends({ event, i, thread }: EventSite): boolean {
  return [...event.from].some((load) => {
    const fenced = thread
      .slice(load + 1, i)
      .some((other) => isFullFence(other) || (other.how === 'smp_rmb' && event.kind === 'load'));
    return !acquires(thread[load]) && !isFullFence(thread[load]) && !isFullFence(event) && !fenced;
  });
}

/** A load of what another thread has published, and then a release, with nothing between them that would acquire. */
function passesOnUnacquired(load: EventSite, release: EventSite, all: readonly EventSite[]): boolean {
  if (!isLoad(load.event) || acquires(load.event) || isFullFence(load.event) || !releases(release.event)) return false;
  if (eventsBetween(load, release).some((event) => isFullFence(event) || event.how === 'smp_rmb')) return false;
  return all.some((store) => store.thread !== load.thread && meets(store, load) && publishes(store));
}

/** A store that carries more than itself. */
function publishes({ event, i, thread }: EventSite): boolean {
  const fenced = thread.slice(0, i).some((before) => isFullFence(before) || before.how === 'smp_wmb');
  return isStoreEvent(event) && (releases(event) || isFullFence(event) || fenced);
}

/** A lock that may be taken after an unlock, by the same thread or of the same lock; and after it a store that only itself is known from, seen without the lock. */
function followsUnlock(lock: EventSite, all: readonly EventSite[]): boolean {
  if (lock.event.kind !== 'lock') return false;
  const unlocked = all.some(
    ({ event, i, thread }) =>
      event.kind === 'unlock' && (thread === lock.thread ? i < lock.i : mayMeet(event, lock.event)),
  );
  const seen = (store: EventSite): boolean =>
    all.some((other) => other.thread !== lock.thread && isAccess(other) && meets(other, store) && !holds(other, lock));
  return unlocked && all.some((store) => isBare(store) && follows(store, lock) && seen(store));
}

const meets = (a: EventSite, b: EventSite): boolean => mayMeet(a.event, b.event);
const isAccess = ({ event }: EventSite): boolean => isLoad(event) || isStoreEvent(event);
/** Whether a store carries nothing but what a `wmb` gave it. */
const isBare = ({ event }: EventSite): boolean => isStoreEvent(event) && !releases(event) && !isFullFence(event);
/** Whether a thread comes to one after the other, and to no full fence in between. */
const follows = (b: EventSite, a: EventSite): boolean =>
  a.thread === b.thread && a.i < b.i && !eventsBetween(a, b).some(isFullFence);

/** Whether a thread has that lock when it comes there. */
function holds({ thread, i }: EventSite, { event: lock }: EventSite): boolean {
  const last = thread.slice(0, i).findLast(({ kind, at }) => (kind === 'lock' || kind === 'unlock') && at === lock.at);
  return last?.kind === 'lock';
}

/** An acquire of what a thread stored after a full fence, and then a store that carries only itself to a third thread. */
function goesOnUnfenced(acquire: EventSite, store: EventSite, all: readonly EventSite[]): boolean {
  if (!acquires(acquire.event) || !isBare(store) || !follows(store, acquire)) return false;
  const fenced = ({ event, i, thread }: EventSite): boolean =>
    isStoreEvent(event) && thread.slice(0, i + 1).some(isFullFence);
  return (
    all.some((from) => from.thread !== acquire.thread && meets(from, acquire) && fenced(from)) &&
    all.some((to) => to.thread !== store.thread && isLoad(to.event) && meets(to, store))
  );
}
