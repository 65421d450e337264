import { isLocking, kindOf, placeOf } from '../../memory/kinds.ts';
import type { AnyGraphExecution } from './graphMemory.ts';
import { type GraphEvent, isPromise, NO_STORE } from './partialGraph.ts';

/**
 * An execution graph under construction. The underlying execution is told what each event reads and
 * where each store is placed; step s of it is event s of the graph.
 */
export class ExecutionGraph {
  readonly execution: AnyGraphExecution;
  readonly events: GraphEvent[] = [];
  /** By location: the events that read it or take it as a lock, in their order. */
  readonly readers: readonly number[][];
  /** By event, then by thread: how many events of the thread are in its porf prefix. */
  private readonly prefixes: number[][] = [];
  /** The prefix of no event. A plain array: copying it costs a tenth of copying a typed array. */
  private readonly none: readonly number[];
  /** By event: the latest stamp of the events up to it. */
  private readonly latestStamps: number[] = [];

  constructor(execution: AnyGraphExecution) {
    this.execution = execution;
    this.none = execution.memory.stepsOf.map(() => 0);
    this.readers = Array.from({ length: execution.memory.locations.count }, () => []);
    this.reset();
  }

  /** Removes all events, whatever the execution has done since. */
  reset(): void {
    this.events.length = this.prefixes.length = this.latestStamps.length = 0;
    for (const readers of this.readers) readers.length = 0;
    this.execution.reset();
  }

  /** Turns this graph into the one with the given events. Keeps the common beginning. */
  load(events: readonly GraphEvent[]): void {
    let same = 0;
    while (same < this.events.length && same < events.length && equalEvents(this.events[same], events[same])) same++;
    this.truncate(same);
    for (let i = same; i < events.length; i++) this.add(events[i]);
  }

  /** Removes all events from number `length` on. */
  truncate(length: number): void {
    for (let s = this.events.length - 1; s >= length; s--)
      if (this.events[s].readsFrom.length > 0) this.readers[this.locationOf(s)].pop();
    // To go back would forget that an operation fails before its first access.
    if (length > 0 || this.execution.steps > 0) this.execution.backTo(length);
    this.events.length = this.prefixes.length = this.latestStamps.length = length;
  }

  add(event: GraphEvent): void {
    const { execution } = this;
    const { thread, readsFrom, coherenceAfter, chosen } = event;
    const s = execution.steps;
    execution.reserve();
    const locations = execution.memory.locations.of[placeOf(execution.pending[thread])];
    const prefix = this.prefixOf(thread, readsFrom);
    prefix[thread]++;
    const [from, after] = [this.storesOf(readsFrom, locations), this.storesOf(coherenceAfter, locations)];
    execution.memory.take(thread, from, after, chosen);
    this.events[s] = event;
    this.latestStamps[s] = Math.max(s === 0 ? 0 : this.latestStamps[s - 1], event.readStamp, event.writeStamp);
    this.prefixes[s] = prefix;
    if (readsFrom.length > 0) this.readers[locations[0]].push(s);
  }

  /** The first location of event `s`, which is no fence. */
  private locationOf(s: number): number {
    const { memory, footprints } = this.execution;
    return memory.locations.of[placeOf(footprints[s])][0];
  }

  /**
   * The porf prefix (program order and reads-from, transitively) that the next event of `thread`
   * would have if it read from the given events. By thread: how many of its events are in it.
   */
  prefixOf(thread: number, readsFrom: readonly number[]): number[] {
    const { stepsOf } = this.execution.memory;
    const last = stepsOf[thread].at(-1);
    const prefix = (last === undefined ? this.none : this.prefixes[last]).slice();
    for (let i = 0; i < readsFrom.length; i++) {
      if (readsFrom[i] < 0) continue;
      const other = this.prefixes[readsFrom[i]];
      for (let t = 0; t < prefix.length; t++) if (other[t] > prefix[t]) prefix[t] = other[t];
    }
    return prefix;
  }

  isIn(prefix: readonly number[], s: number): boolean {
    const { schedule, memory } = this.execution;
    return memory.nth[s] <= prefix[schedule[s]];
  }

  /** The store of event `s` to a location; the initial value for -1. */
  storeOf(s: number, location: number): number {
    if (s < 0) return isPromise(s) ? s : location;
    const { stores } = this.execution.memory;
    const written = this.execution.memory.storesWritten(s);
    let i = 0;
    while (stores.location[written[i]] !== location) i++;
    return written[i];
  }

  /** The stores of these events, each to the location of the same index. */
  storesOf(events: readonly number[], locations: readonly number[]): number[] {
    const stores: number[] = [];
    for (let i = 0; i < events.length; i++) stores.push(this.storeOf(events[i], locations[i]));
    return stores;
  }

  /** The events that made these stores. */
  eventsOf(stores: readonly number[]): number[] {
    const { step } = this.execution.memory.stores;
    const events: number[] = [];
    for (let i = 0; i < stores.length; i++) events.push(isPromise(stores[i]) ? stores[i] : step[stores[i]]);
    return events;
  }

  /** The kind of access of event `s`; a failed cmpxchg is a load. */
  kindOf(s: number): number {
    return kindOf(this.execution.footprints[s]);
  }

  isLockEvent(s: number): boolean {
    return isLocking(this.kindOf(s));
  }

  /**
   * Whether each of these stores is the coherence-latest one of its location among those that were
   * in the graph at `stamp` and those in `prefix`. The stores of event `own` are left out.
   */
  areLatest(latest: readonly number[], stamp: number, prefix: readonly number[], own: number): boolean {
    const { stores } = this.execution.memory;
    for (let l = 0; l < latest.length; l++) {
      const order = stores.order[stores.location[latest[l]]];
      for (let i = stores.rank[latest[l]] + 1; i < order.length; i++) {
        const s = stores.step[order[i]];
        if (s !== own && (this.events[s].writeStamp <= stamp || this.isIn(prefix, s))) return false;
      }
    }
    return true;
  }

  /**
   * Restrict of the paper: the subgraph of the events in `kept`, in their order, and the new number
   * of each kept event. A store whose coherence predecessor is dropped follows the nearest kept
   * one.
   */
  restrict(kept: readonly number[]): { readonly events: GraphEvent[]; readonly renamed: Renaming } {
    const renamed = new Int32Array(this.events.length).fill(DROPPED);
    const events: GraphEvent[] = [];
    for (let i = 0; i < kept.length; i++) {
      const s = kept[i];
      const { thread, readsFrom, chosen, readStamp, writeStamp } = this.events[s];
      if (s === i) events.push(this.events[s]);
      else {
        const coherenceAfter = this.keptBefore(s, renamed);
        events.push({ thread, readsFrom: rename(readsFrom, renamed), coherenceAfter, chosen, readStamp, writeStamp });
      }
      renamed[s] = i;
    }
    return { events, renamed };
  }

  /** By location: the nearest kept event whose store comes before that of event `s`. */
  private keptBefore(s: number, renamed: Renaming): number[] {
    const { memory } = this.execution;
    const { step, order, location, rank } = memory.stores;
    const written = memory.storesWritten(s);
    const before: number[] = [];
    for (let i = 0; i < written.length; i++) {
      const stores = order[location[written[i]]];
      let at = rank[written[i]] - 1;
      while (step[stores[at]] >= 0 && renamed[step[stores[at]]] === DROPPED) at--;
      before.push(step[stores[at]] < 0 ? NO_STORE : renamed[step[stores[at]]]);
    }
    return before;
  }

  /** A stamp later than those of all events, and than `stamp`. */
  nextStamp(stamp: number): number {
    const { length } = this.events;
    return Math.max(stamp, length === 0 ? 0 : this.latestStamps[length - 1]) + 1;
  }
}

/** By event of a graph: its number in a graph of fewer events, or `DROPPED`. */
export type Renaming = Int32Array;
const DROPPED = -1;

/** What the initial value and promises are called stays. */
export function rename(events: readonly number[], renamed: Renaming): number[] {
  const names: number[] = [];
  for (let i = 0; i < events.length; i++) names.push(events[i] < 0 ? events[i] : renamed[events[i]]);
  return names;
}

const equalEvents = (a: GraphEvent, b: GraphEvent): boolean =>
  a === b ||
  (a.thread === b.thread &&
    a.readStamp === b.readStamp &&
    a.writeStamp === b.writeStamp &&
    a.chosen === b.chosen &&
    equalNumbers(a.readsFrom, b.readsFrom) &&
    equalNumbers(a.coherenceAfter, b.coherenceAfter));

export function equalNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
