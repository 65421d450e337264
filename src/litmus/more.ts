import { acquires, between, isFull, isLoad, isStore, mayMeet, releases, type Site, sitesOf } from './orders.ts';
import type { Test } from './syntax.ts';

/**
 * Why `weak` may allow what the LKMM forbids in this test: what the LKMM has and `weak` has not (see docs/memory-models.md), where the program has
 * something that it applies to.
 */
export function whyMore(test: Test): string[] {
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
function pairs(sites: readonly (readonly Site[])[]): (readonly [Site, Site])[] {
  return sites.flatMap((thread) => thread.flatMap((a) => thread.slice(a.i + 1).map((b) => [a, b] as const)));
}

/** An access whose only order after a load is that it depends on it. */
function depends({ event, i, thread }: Site): boolean {
  return [...event.from].some((load) => {
    const fenced = thread
      .slice(load + 1, i)
      .some((other) => isFull(other) || (other.how === 'smp_rmb' && event.kind === 'load'));
    return !acquires(thread[load]) && !isFull(thread[load]) && !isFull(event) && !fenced;
  });
}

/** A load of what another thread has published, and then a release, with nothing between them that would acquire. */
function passesOnUnacquired(load: Site, release: Site, all: readonly Site[]): boolean {
  if (!isLoad(load.event) || acquires(load.event) || isFull(load.event) || !releases(release.event)) return false;
  if (between(load, release).some((event) => isFull(event) || event.how === 'smp_rmb')) return false;
  return all.some((store) => store.thread !== load.thread && meets(store, load) && publishes(store));
}

/** A store that carries more than itself. */
function publishes({ event, i, thread }: Site): boolean {
  const fenced = thread.slice(0, i).some((before) => isFull(before) || before.how === 'smp_wmb');
  return isStore(event) && (releases(event) || isFull(event) || fenced);
}

/** A lock that may be taken after an unlock, by the same thread or of the same lock; and after it a store that only itself is known from, seen without the lock. */
function followsUnlock(lock: Site, all: readonly Site[]): boolean {
  if (lock.event.kind !== 'lock') return false;
  const unlocked = all.some(
    ({ event, i, thread }) =>
      event.kind === 'unlock' && (thread === lock.thread ? i < lock.i : mayMeet(event, lock.event)),
  );
  const seen = (store: Site): boolean =>
    all.some((other) => other.thread !== lock.thread && isAccess(other) && meets(other, store) && !holds(other, lock));
  return unlocked && all.some((store) => isBare(store) && follows(store, lock) && seen(store));
}

const meets = (a: Site, b: Site): boolean => mayMeet(a.event, b.event);
const isAccess = ({ event }: Site): boolean => isLoad(event) || isStore(event);
/** Whether a store carries nothing but what a `wmb` gave it. */
const isBare = ({ event }: Site): boolean => isStore(event) && !releases(event) && !isFull(event);
/** Whether a thread comes to one after the other, and to no full fence in between. */
const follows = (b: Site, a: Site): boolean => a.thread === b.thread && a.i < b.i && !between(a, b).some(isFull);

/** Whether a thread has that lock when it comes there. */
function holds({ thread, i }: Site, { event: lock }: Site): boolean {
  const last = thread.slice(0, i).findLast(({ kind, at }) => (kind === 'lock' || kind === 'unlock') && at === lock.at);
  return last?.kind === 'lock';
}

/** An acquire of what a thread stored after a full fence, and then a store that carries only itself to a third thread. */
function goesOnUnfenced(acquire: Site, store: Site, all: readonly Site[]): boolean {
  if (!acquires(acquire.event) || !isBare(store) || !follows(store, acquire)) return false;
  const fenced = ({ event, i, thread }: Site): boolean => isStore(event) && thread.slice(0, i + 1).some(isFull);
  return (
    all.some((from) => from.thread !== acquire.thread && meets(from, acquire) && fenced(from)) &&
    all.some((to) => to.thread !== store.thread && isLoad(to.event) && meets(to, store))
  );
}
