import type { CoherenceOrder } from '../coherenceOrder.ts';
import type { ScAccesses } from './scAccesses.ts';
import type { ScAccess, ScEvent } from './scEvent.ts';
import type { MessageView, Views } from './threadView.ts';

/**
 * HOT under `rc11`. The partial order of the seq_cst events: psc of RC11 (Lahav, Vafeiadis, Kang,
 * Hur, Dreyer, "Repairing Sequential Consistency in C/C++11", PLDI 2017). Fence x comes before
 * fence y if x happens before y, or if something that x happens before is eco-before (reads-from,
 * coherence order, from-read) something that happens before y. `ScAccesses` has the edges of
 * accesses. An execution in which this is cyclic does not exist.
 *
 * The events of a thread are in program order. Therefore one number per thread says which events
 * come before an event. An access that is the last of its location adds no edge to events of the
 * past. So only an access that reads an older store, or is placed before one, can close a cycle.
 */
export class ScOrder {
  /** By thread. A fence that adds nothing to the one before it in its thread is left out. */
  readonly events: readonly ScEvent[][];
  /** How many there are, and how many of them are accesses. */
  count = 0;
  accessCount = 0;
  /** How many accesses closed a cycle. Never above 0 where the accesses keep to the bounds. */
  cycles = 0;
  private readonly views: Views;
  private readonly stores: CoherenceOrder;
  private readonly accesses: ScAccesses;
  /** By location: -1. */
  private readonly none: readonly number[];
  /** What changed, the last change last: a list, an index, and what was there. */
  private readonly lists: number[][] = [];
  private readonly indices: number[] = [];
  private readonly olds: number[] = [];

  constructor(views: Views, stores: CoherenceOrder, accesses: ScAccesses) {
    this.views = views;
    this.stores = stores;
    this.accesses = accesses;
    this.events = Array.from({ length: views.threads }, () => []);
    this.none = Array.from({ length: views.locations }, () => -1);
  }

  /** Where the log of changes ends, for `undo`. */
  get changes(): number {
    return this.olds.length;
  }

  /** Undoes all but the first `changes` changes. */
  undo(changes: number): void {
    const { lists, indices, olds } = this;
    while (olds.length > changes) {
      const list = lists.pop()!;
      const index = indices.pop()!;
      const old = olds.pop()!;
      if (index >= 0) list[index] = old;
      else if (index === CYCLE) this.cycles--;
      else {
        this.count--;
        if (this.events[old].pop()!.access !== undefined) this.accessCount--;
      }
    }
  }

  /**
   * Adds a fence of `thread`, which knows `view`. Returns its number among the seq_cst events of
   * its thread, from 1.
   */
  addFence(thread: number, view: MessageView): number {
    const own = this.events[thread];
    const before = this.beforeFence(thread, view);
    const last = own[own.length - 1];
    if (last !== undefined && this.addsNothing(thread, last, view, before)) return own.length;
    this.note(NOTHING, NEW_EVENT, thread);
    this.count++;
    return own.push({ before, view, reads: this.none.slice(), writes: this.none.slice() });
  }

  /** Adds a seq_cst access of `thread`, before `addAccess`. */
  addScAccess(thread: number, access: ScAccess): void {
    const before = this.beforeAccess(thread, access);
    this.note(NOTHING, NEW_EVENT, thread);
    this.count++;
    this.accessCount++;
    const { initial } = this.views;
    const n = this.events[thread].push({ before, access, view: initial, reads: NOTHING, writes: NOTHING });
    if (this.accesses.isLast(access)) return;
    for (let y = 0; y < this.events.length; y++) {
      const first = this.events[y].findIndex((other) => this.accesses.isAfter(access, other));
      if (first >= 0) this.addEdge(thread, n, y, first + 1);
    }
  }

  /** Whether psc stays acyclic with this access as the next step of `thread`. */
  allows(thread: number, access: ScAccess): boolean {
    return this.beforeAccess(thread, access).every((n, t) =>
      this.events[t].every((other, i) => i >= n || !this.accesses.isAfter(access, other)),
    );
  }

  /**
   * Adds an access that has read or made `store`, which is in coherence order. `current` and
   * `loads` are the views of its thread after it: they have the fences that happen before it.
   */
  addAccess(current: MessageView, loads: MessageView, store: number, isWrite: boolean): void {
    if (this.count === 0) return;
    const { stores, events } = this;
    const { rank, location, order } = stores;
    const at = location[store];
    for (let u = 0; u < events.length; u++) {
      for (let n = this.fencesIn(u, current, loads); n > 0; n--) {
        const firsts = isWrite ? events[u][n - 1].writes : events[u][n - 1].reads;
        if (firsts === NOTHING) continue;
        // What comes after a fence comes after those before it, too.
        if (firsts[at] >= 0 && rank[firsts[at]] <= rank[store]) break;
        this.note(firsts, at, firsts[at]);
        firsts[at] = store;
      }
    }
    if (rank[store] === order[at].length - 1) return;
    for (let y = 0; y < events.length; y++) {
      const first = this.firstAfter(y, at, rank[store]);
      if (first > events[y].length) continue;
      for (let u = 0; u < events.length; u++) {
        const n = this.fencesIn(u, current, loads);
        if (n > 0) this.addEdge(u, n, y, first);
      }
    }
  }

  /**
   * What an access must not overlook that these fences happen before: `current` and `loads` have
   * them. By location, the newest store that an event knows which comes before one of them in psc.
   */
  bound(current: MessageView, loads: MessageView): MessageView {
    if (this.count === 0) return this.views.initial;
    const { events } = this;
    const before = new Array<number>(events.length).fill(0);
    for (let u = 0; u < events.length; u++) {
      const n = this.fencesIn(u, current, loads);
      if (n > 0) join(before, u, n, events[u][n - 1].before);
    }
    return this.known(before);
  }

  /** The same for an access right after a new fence of `thread` that knows `view`. */
  boundAfterFence(thread: number, view: MessageView): MessageView {
    return this.known(this.beforeFence(thread, view));
  }

  /** The number of the last fence of thread `u` that these views have; 0: none. */
  private fencesIn(u: number, current: MessageView, loads: MessageView): number {
    const at = this.views.fences(u);
    return Math.max(current[at], loads[at]);
  }

  /** By location: the newest store that the first so many events of each thread know. */
  private known(before: readonly number[]): MessageView {
    let known = this.views.initial;
    for (let t = 0; t < before.length; t++)
      for (let n = before[t]; n > 0; n--) {
        const { access, view } = this.events[t][n - 1];
        if (access !== undefined) known = this.accesses.join(known, access);
        else {
          known = this.views.joinLocations(known, view);
          // A fence knows what the events before it in its thread know.
          break;
        }
      }
    return known;
  }

  /** By thread: how many events come before a new fence of `thread` that knows `view`. */
  private beforeFence(thread: number, view: MessageView): number[] {
    const { events, views } = this;
    const before = new Array<number>(events.length).fill(0);
    const written = this.writtenIn(view);
    for (let u = 0; u < events.length; u++) {
      const n = u === thread ? events[u].length : this.lastBeforeFence(u, view[views.fences(u)], view, written);
      if (n > 0) join(before, u, n, events[u][n - 1].before);
    }
    return before;
  }

  /** The locations of which `view` has a store that is not the initial value. */
  private writtenIn(view: MessageView): number[] {
    const written: number[] = [];
    if (this.count > 0) for (let a = 0; a < this.views.locations; a++) if (view[a] !== a) written.push(a);
    return written;
  }

  /**
   * The number of the last event of thread `u` before a fence that knows `view`, `known` at least.
   */
  private lastBeforeFence(u: number, known: number, view: MessageView, written: readonly number[]): number {
    const own = this.events[u];
    let n = own.length;
    // What is after a fence is after those before it: if the first is not before, none is.
    if (n > known && this.accessCount === 0 && !this.isBeforeFence(own[known], view, written)) return known;
    while (n > known && !this.isBeforeFence(own[n - 1], view, written)) n--;
    return n;
  }

  /** By thread: how many events come before a new access of `thread`. */
  private beforeAccess(thread: number, access: ScAccess): number[] {
    const { events } = this;
    const before = new Array<number>(events.length).fill(0);
    for (let u = 0; u < events.length; u++) {
      let n = events[u].length;
      if (u !== thread) while (n > 0 && !this.accesses.isBefore(events[u][n - 1], u, n, access)) n--;
      if (n > 0) join(before, u, n, events[u][n - 1].before);
    }
    return before;
  }

  /**
   * Whether an event of another thread comes before a fence that knows `view` and that it does not
   * happen before as a fence. No access comes before the initial values.
   */
  private isBeforeFence({ access, reads, writes }: ScEvent, view: MessageView, written: readonly number[]): boolean {
    if (access !== undefined) return this.accesses.isBeforeFence(access, view);
    const { rank } = this.stores;
    for (let i = 0; i < written.length; i++) {
      const a = written[i];
      if (writes[a] >= 0 && rank[writes[a]] <= rank[view[a]]) return true;
      if (reads[a] >= 0 && rank[reads[a]] < rank[view[a]]) return true;
    }
    return false;
  }

  /** The number of the first event of `thread` that knows a store of location `at` after `rank`. */
  private firstAfter(thread: number, at: number, rank: number): number {
    const own = this.events[thread];
    let first = own.length + 1;
    for (let n = own.length; n > 0; n--) {
      const { access, view } = own[n - 1];
      if (access !== undefined ? this.accesses.knows(access, at, rank) : this.stores.rank[view[at]] > rank) first = n;
      else if (access === undefined && this.accessCount === 0) break;
    }
    return first;
  }

  /** Event `n` of thread `u` comes before event `m` of thread `y`. */
  private addEdge(u: number, n: number, y: number, m: number): void {
    const { events } = this;
    if (u === y ? m <= n : events[u][n - 1].before[y] >= m) {
      this.note(NOTHING, CYCLE, 0);
      this.cycles++;
      return;
    }
    const from = events[u][n - 1].before.slice();
    from[u] = Math.max(from[u], n);
    for (let t = 0; t < events.length; t++)
      for (let i = events[t].length; i > 0; i--) {
        const { before } = events[t][i - 1];
        if (!(t === y ? i >= m : before[y] >= m)) break;
        for (let v = 0; v < from.length; v++) {
          if (from[v] <= before[v]) continue;
          this.note(before, v, before[v]);
          before[v] = from[v];
        }
      }
  }

  private addsNothing(thread: number, last: ScEvent, view: MessageView, before: readonly number[]): boolean {
    if (last.access !== undefined) return false;
    for (let a = 0; a < this.views.locations; a++) if (last.view[a] !== view[a]) return false;
    return before.every((n, t) => t === thread || n === last.before[t]);
  }

  private note(list: number[], index: number, old: number): void {
    this.lists.push(list);
    this.indices.push(index);
    this.olds.push(old);
  }
}

/** Kinds of changes that are no entry of a list. */
const NEW_EVENT = -1;
const CYCLE = -2;
const NOTHING: number[] = [];

/** Adds event `n` of thread `u`, and those before it. */
function join(to: number[], u: number, n: number, before: readonly number[]): void {
  for (let t = 0; t < to.length; t++) if (before[t] > to[t]) to[t] = before[t];
  if (n > to[u]) to[u] = n;
}
