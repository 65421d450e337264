/**
 * What happens before an access, or before a read of a store (a message view). First by location:
 * the newest store that must not be overlooked. Then by thread: how many of its `mb`, its writes
 * and its reads come before. Never changed once made. A plain array: copying it costs a tenth of
 * copying a typed array.
 */
export type MessageView = readonly number[];

/**
 * The views of a thread (Kang, Hur, Lahav, Vafeiadis, Dreyer, "A Promising Semantics for
 * Relaxed-Memory Concurrency", POPL 2017: cur, acq, rel). The views `loads` and `stores` are ours,
 * for the fences `rmb` and `wmb`. `docs/memory-models.md` says what each access does to them.
 */
export interface ThreadView {
  /** What the thread has read, written and acquired (cur): bounds its loads and stores. */
  readonly current: MessageView;
  /** What an `rmb` has made of `acquire`: bounds its loads. */
  readonly loads: MessageView;
  /** The message views of all stores that it has read from (acq): counts after the next fence. */
  readonly acquire: MessageView;
  /** The message view of its plain and relaxed stores (rel). */
  readonly release: MessageView;
  /** Its own stores: what a `wmb` adds to `release`. */
  readonly stores: MessageView;
}

/** HOT under `rc11`. Joins views. */
export class Views {
  readonly locations: number;
  readonly threads: number;
  /** The initial values, which are the stores 0, 1, 2, … of locations 0, 1, 2, … */
  readonly initial: MessageView;
  private readonly rank: readonly number[];

  /** @param rank by store: its position in the coherence order of its location. */
  constructor(locations: number, threads: number, rank: readonly number[]) {
    this.locations = locations;
    this.threads = threads;
    this.rank = rank;
    this.initial = Array.from({ length: locations + 3 * threads }, (_, i) => (i < locations ? i : 0));
  }

  /** The later of both, entry by entry: `a` itself where `b` adds nothing. */
  join(a: MessageView, b: MessageView): MessageView {
    if (a === b || b === this.initial) return a;
    let to = this.joined(a, b);
    for (let i = this.locations; i < b.length; i++) {
      if (b[i] <= a[i]) continue;
      to ??= a.slice();
      to[i] = b[i];
    }
    return to ?? a;
  }

  /** The same for locations alone: what must not be overlooked, without what happens before. */
  joinLocations(a: MessageView, b: MessageView): MessageView {
    return a === b || b === this.initial ? a : (this.joined(a, b) ?? a);
  }

  /** A copy of `a` with the later stores of `b`, where there are any. */
  private joined(a: MessageView, b: MessageView): number[] | undefined {
    const { locations, rank } = this;
    let to: number[] | undefined;
    for (let i = 0; i < locations; i++) {
      if (a[i] === b[i] || rank[a[i]] >= rank[b[i]]) continue;
      to ??= a.slice();
      to[i] = b[i];
    }
    return to;
  }

  /** Where in a view the number of a thread's fences, writes and reads are. */
  fences(thread: number): number {
    return this.locations + thread;
  }
  writes(thread: number): number {
    return this.locations + this.threads + thread;
  }
  reads(thread: number): number {
    return this.locations + 2 * this.threads + thread;
  }
}
