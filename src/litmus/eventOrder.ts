import { type Event, eventsOf } from './events.ts';
import type { Test } from './syntax.ts';

/** An event with where it stands: its thread's events, and its number among them. */
export interface EventSite {
  readonly event: Event;
  readonly i: number;
  readonly thread: readonly Event[];
}

/** All events of a test, by thread. */
export function sitesOf(test: Test): readonly (readonly EventSite[])[] {
  return test.threads.map((thread) => {
    const events = eventsOf(thread);
    return events.map((event, i) => ({ event, i, thread: events }));
  });
}

/** A failed cmpxchg orders nothing; it is taken for one that succeeds, as no text tells. */
export const isFullFence = ({ kind, how }: Event): boolean =>
  kind === 'update' || (kind === 'fence' && /^smp_mb/.test(how));
export const isLoad = ({ kind }: Event): boolean => kind === 'load' || kind === 'update' || kind === 'lock';
export const isStoreEvent = ({ kind }: Event): boolean => kind === 'store' || kind === 'update' || kind === 'unlock';
export const acquires = ({ how }: Event): boolean => how === 'loadAcquire' || how === 'lock';
export const releases = ({ how }: Event): boolean => how === 'storeRelease' || how === 'unlock';

/** Whether two accesses may be to one variable. */
export const mayMeet = (a: Event, b: Event): boolean => a.at === null || b.at === null || a.at === b.at;

/** What a thread does after one event of it and before another. */
export const eventsBetween = (a: EventSite, b: EventSite): readonly Event[] => a.thread.slice(a.i + 1, b.i);
