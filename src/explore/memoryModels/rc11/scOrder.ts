import type { CoherenceOrder } from '../coherenceOrder.ts';
import type { MessageView, Views } from './threadView.ts';

/** A seq_cst fence. */
export interface ScFence {
  /** What its thread must not overlook after it, and the fences that happen before it. */
  readonly view: MessageView;
  /** By thread: how many of its fences come before this one in psc, transitively. */
  readonly before: number[];
  /**
   * By location: the coherence-first store that was read, and the first that was made, after this
   * fence in happens-before; -1: none.
   */
  readonly reads: number[];
  readonly writes: number[];
}

/**
 * HOT under `rc11`. The partial order of the seq_cst fences: psc of RC11 (Lahav, Vafeiadis, Kang,
 * Hur, Dreyer, "Repairing Sequential Consistency in C/C++11", PLDI 2017). Fence x comes before
 * fence y if x happens before y, or if something that x happens before is eco-before (reads-from,
 * coherence order, from-read) something that happens before y. An execution in which this is cyclic
 * does not exist.
 *
 * The fences of a thread are in program order. Therefore one number per thread says which fences
 * come before a fence. An access that is the last of its location adds no edge to fences of the
 * past. So only an access that reads an older store, or is placed before one, can close a cycle.
 */
export class ScOrder {
  /** By thread. A fence that adds nothing to the one before it in its thread is left out. */
  readonly fences: readonly ScFence[][];
  /** How many accesses closed a cycle. Never above 0 where the accesses keep to `bound`. */
  cycles = 0;
  private readonly views: Views;
  private readonly stores: CoherenceOrder;
  /** What changed, the last change last: a list, an index, and what was there. */
  private readonly lists: number[][] = [];
  private readonly indices: number[] = [];
  private readonly olds: number[] = [];

  constructor(views: Views, stores: CoherenceOrder) {
    this.views = views;
    this.stores = stores;
    this.fences = Array.from({ length: views.threads }, () => []);
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
      else if (index === NEW_FENCE) this.fences[old].pop();
      else this.cycles--;
    }
  }

  /**
   * Adds a fence of `thread`, which knows `view`. Returns its number among those of its thread,
   * from 1.
   */
  addFence(thread: number, view: MessageView): number {
    const own = this.fences[thread];
    const before = this.fencesBefore(thread, view);
    const last = own[own.length - 1];
    if (last !== undefined && this.isEqual(thread, last, view, before)) return own.length;
    const none = new Array<number>(this.views.locations).fill(-1);
    this.note(NOTHING, NEW_FENCE, thread);
    return own.push({ view, before, reads: none, writes: none.slice() });
  }

  /**
   * Adds an access that has read or made `store`, which is in coherence order. `current` and
   * `loads` are the views of its thread after it: they have the fences that happen before it.
   */
  addAccess(current: MessageView, loads: MessageView, store: number, isWrite: boolean): void {
    const { views, stores, fences } = this;
    const { rank, location, order } = stores;
    const at = location[store];
    for (let u = 0; u < fences.length; u++) {
      for (let n = Math.max(current[views.fences(u)], loads[views.fences(u)]); n > 0; n--) {
        const firsts = isWrite ? fences[u][n - 1].writes : fences[u][n - 1].reads;
        // What comes after a fence comes after those before it, too.
        if (firsts[at] >= 0 && rank[firsts[at]] <= rank[store]) break;
        this.note(firsts, at, firsts[at]);
        firsts[at] = store;
      }
    }
    if (rank[store] === order[at].length - 1) return;
    for (let y = 0; y < fences.length; y++) {
      const first = this.firstAfter(y, at, rank[store]);
      if (first > fences[y].length) continue;
      for (let u = 0; u < fences.length; u++) {
        const n = Math.max(current[views.fences(u)], loads[views.fences(u)]);
        if (n > 0) this.addEdge(u, n, y, first);
      }
    }
  }

  /**
   * What an access must not overlook that these fences happen before: `current` and `loads` have
   * them. By location, the newest store that a fence knows which comes before one of them in psc.
   */
  bound(current: MessageView, loads: MessageView): MessageView {
    const { views, fences } = this;
    const before = new Array<number>(fences.length).fill(0);
    for (let u = 0; u < fences.length; u++) {
      const n = Math.max(current[views.fences(u)], loads[views.fences(u)]);
      if (n > 0) join(before, u, n, fences[u][n - 1].before);
    }
    return this.known(before);
  }

  /** The same for an access right after a new fence of `thread` that knows `view`. */
  boundAfterFence(thread: number, view: MessageView): MessageView {
    return this.known(this.fencesBefore(thread, view));
  }

  /** By location: the newest store that the first so many fences of each thread know. */
  private known(before: readonly number[]): MessageView {
    let known = this.views.initial;
    for (let t = 0; t < before.length; t++)
      if (before[t] > 0) known = this.views.joinLocations(known, this.fences[t][before[t] - 1].view);
    return known;
  }

  /** By thread: how many fences come before a new one of `thread` that knows `view`. */
  private fencesBefore(thread: number, view: MessageView): number[] {
    const { fences, views } = this;
    const before = new Array<number>(fences.length).fill(0);
    for (let u = 0; u < fences.length; u++) {
      let n = fences[u].length;
      if (u !== thread) while (n > view[views.fences(u)] && !this.isBefore(fences[u][n - 1], view)) n--;
      if (n > 0) join(before, u, n, fences[u][n - 1].before);
    }
    return before;
  }

  /** Whether something after `fence` is eco-before something that `view` knows. */
  private isBefore({ reads, writes }: ScFence, view: MessageView): boolean {
    const { rank } = this.stores;
    for (let a = 0; a < writes.length; a++) {
      if (writes[a] >= 0 && rank[writes[a]] <= rank[view[a]]) return true;
      if (reads[a] >= 0 && rank[reads[a]] < rank[view[a]]) return true;
    }
    return false;
  }

  /** The number of the first fence of `thread` that knows a store of location `at` after `rank`. */
  private firstAfter(thread: number, at: number, rank: number): number {
    const own = this.fences[thread];
    let n = own.length;
    while (n > 0 && this.stores.rank[own[n - 1].view[at]] > rank) n--;
    return n + 1;
  }

  /** Fence `n` of thread `u` comes before fence `m` of thread `y`. */
  private addEdge(u: number, n: number, y: number, m: number): void {
    const { fences } = this;
    if (u === y ? m <= n : fences[u][n - 1].before[y] >= m) {
      this.note(NOTHING, CYCLE, 0);
      this.cycles++;
      return;
    }
    const from = fences[u][n - 1].before.slice();
    from[u] = Math.max(from[u], n);
    for (let t = 0; t < fences.length; t++)
      for (let i = fences[t].length; i > 0; i--) {
        const { before } = fences[t][i - 1];
        if (!(t === y ? i >= m : before[y] >= m)) break;
        for (let v = 0; v < from.length; v++) {
          if (from[v] <= before[v]) continue;
          this.note(before, v, before[v]);
          before[v] = from[v];
        }
      }
  }

  private isEqual(thread: number, last: ScFence, view: MessageView, before: readonly number[]): boolean {
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
const NEW_FENCE = -1;
const CYCLE = -2;
const NOTHING: number[] = [];

/** Adds fence `n` of thread `u`, and those before it. */
function join(to: number[], u: number, n: number, before: readonly number[]): void {
  for (let t = 0; t < to.length; t++) if (before[t] > to[t]) to[t] = before[t];
  if (n > to[u]) to[u] = n;
}
