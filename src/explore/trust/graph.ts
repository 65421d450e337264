import { isLocking, kindOf, placeOf } from '../../memory/kinds.ts';
import type { AnyGraphExecution } from './graphMemory.ts';
import { type GraphEvent, isPromise } from './partialGraph.ts';

/**
 * An execution graph under construction. The underlying execution is told what each event reads and
 * where each store is placed; step s of it is event s of the graph.
 */
export class ExecutionGraph {
  readonly execution: AnyGraphExecution;
  readonly events: GraphEvent[] = [];
  /** By event, then by thread: how many events of the thread are in its porf prefix. */
  private readonly prefixes: Int32Array[] = [];
  /** By event: the latest stamp of the events up to it. */
  private readonly latestStamps: number[] = [];

  constructor(execution: AnyGraphExecution) {
    this.execution = execution;
    this.reset();
  }

  /** Removes all events, whatever the execution has done since. */
  reset(): void {
    this.events.length = this.prefixes.length = this.latestStamps.length = 0;
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
    // To go back would forget that an operation fails before its first access.
    if (length > 0 || this.execution.steps > 0) this.execution.backTo(length);
    this.events.length = this.prefixes.length = this.latestStamps.length = length;
  }

  add(event: GraphEvent): void {
    const { execution } = this;
    const { thread, readsFrom, coherenceAfter } = event;
    const s = execution.steps;
    execution.reserve();
    const locations = execution.memory.locations.of[placeOf(execution.pending[thread])];
    const prefix = this.prefixOf(thread, readsFrom);
    prefix[thread]++;
    execution.memory.take(
      thread,
      readsFrom.map((writer, i) => this.storeOf(writer, locations[i])),
      coherenceAfter.map((writer, i) => this.storeOf(writer, locations[i])),
    );
    this.events[s] = event;
    this.latestStamps[s] = Math.max(s === 0 ? 0 : this.latestStamps[s - 1], event.readStamp, event.writeStamp);
    this.prefixes[s] = prefix;
  }

  /**
   * The porf prefix (program order and reads-from, transitively) that the next event of `thread`
   * would have if it read from the given events. By thread: how many of its events are in it.
   */
  prefixOf(thread: number, readsFrom: readonly number[]): Int32Array {
    const { stepsOf } = this.execution.memory;
    const last = stepsOf[thread].at(-1);
    const prefix = last === undefined ? new Int32Array(stepsOf.length) : this.prefixes[last].slice();
    for (const writer of readsFrom)
      if (writer >= 0)
        for (let t = 0; t < prefix.length; t++) prefix[t] = Math.max(prefix[t], this.prefixes[writer][t]);
    return prefix;
  }

  isIn(prefix: Int32Array, s: number): boolean {
    const { schedule, memory } = this.execution;
    return memory.nth[s] <= prefix[schedule[s]];
  }

  /** The store of event `s` to a location; the initial value for -1. */
  storeOf(s: number, location: number): number {
    if (s < 0) return isPromise(s) ? s : location;
    const { stores } = this.execution.memory;
    return this.execution.memory.storesWritten(s).find((store) => stores.location[store] === location)!;
  }

  /** The events that made these stores. */
  eventsOf(stores: readonly number[]): number[] {
    return stores.map((store) => (isPromise(store) ? store : this.execution.memory.stores.step[store]));
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
  areLatest(latest: readonly number[], stamp: number, prefix: Int32Array, own: number): boolean {
    const { stores } = this.execution.memory;
    return latest.every((store) => {
      const order = stores.order[stores.location[store]];
      for (let i = stores.rank[store] + 1; i < order.length; i++) {
        const s = stores.step[order[i]];
        if (s !== own && (this.events[s].writeStamp <= stamp || this.isIn(prefix, s))) return false;
      }
      return true;
    });
  }

  /**
   * Restrict of the paper: the subgraph of the events in `kept`, in their order, and the new number
   * of each kept event. A store whose coherence predecessor is dropped follows the nearest kept
   * one.
   */
  restrict(kept: readonly number[]): { readonly events: GraphEvent[]; readonly renamed: ReadonlyMap<number, number> } {
    const { stores } = this.execution.memory;
    const renamed = new Map<number, number>([[-1, -1]]);
    const events: GraphEvent[] = [];
    for (const s of kept) {
      const event = this.events[s];
      if (s === events.length) {
        renamed.set(s, s);
        events.push(event);
        continue;
      }
      const coherenceAfter = this.execution.memory.storesWritten(s).map((store) => {
        const order = stores.order[stores.location[store]];
        let at = stores.rank[store] - 1;
        while (!renamed.has(stores.step[order[at]])) at--;
        return renamed.get(stores.step[order[at]])!;
      });
      renamed.set(s, events.length);
      const readsFrom = event.readsFrom.map((writer) => renamed.get(writer) ?? writer);
      const { thread, readStamp, writeStamp } = event;
      events.push({ thread, readsFrom, coherenceAfter, readStamp, writeStamp });
    }
    return { events, renamed };
  }

  /** A stamp later than those of all events and of the given pending reads. */
  nextStamp(pending: readonly { readonly readStamp: number }[]): number {
    let latest = this.latestStamps[this.events.length - 1] ?? 0;
    for (const { readStamp } of pending) latest = Math.max(latest, readStamp);
    return latest + 1;
  }
}

const equalEvents = (a: GraphEvent, b: GraphEvent): boolean =>
  a === b ||
  (a.thread === b.thread &&
    a.readStamp === b.readStamp &&
    a.writeStamp === b.writeStamp &&
    equalNumbers(a.readsFrom, b.readsFrom) &&
    equalNumbers(a.coherenceAfter, b.coherenceAfter));

export const equalNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
