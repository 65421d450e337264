/**
 * What a thread, or whoever reads a store, must know of: by atom the oldest store that may still be read; then by thread how many of its `mb`,
 * its writes and its reads come before. Never changed once made. A plain array: a copy of one costs a tenth of a copy of a typed one.
 */
export type MessageView = readonly number[];

/** What a thread knows. `docs/memory-models.md` says what each view is for. */
export interface ThreadView {
  readonly current: MessageView;
  readonly ahead: MessageView;
  readonly seen: MessageView;
  readonly published: MessageView;
  readonly own: MessageView;
}

/** HOT under `weak`. Puts views together. */
export class Views {
  readonly atoms: number;
  readonly threads: number;
  /** The initial values, which are the stores 0, 1, 2, … of atoms 0, 1, 2, … */
  readonly initial: MessageView;
  private readonly rank: readonly number[];

  /** @param rank by store: its place in the coherence order of its atom. */
  constructor(atoms: number, threads: number, rank: readonly number[]) {
    this.atoms = atoms;
    this.threads = threads;
    this.rank = rank;
    this.initial = Array.from({ length: atoms + 3 * threads }, (_, i) => (i < atoms ? i : 0));
  }

  /** The later of both, part by part: `a` itself where `b` adds nothing. */
  join(a: MessageView, b: MessageView): MessageView {
    if (a === b || b === this.initial) return a;
    let to = this.joined(a, b);
    for (let i = this.atoms; i < b.length; i++) {
      if (b[i] <= a[i]) continue;
      to ??= a.slice();
      to[i] = b[i];
    }
    return to ?? a;
  }

  /** The same of the atoms alone: what must not be older, without what happens before. */
  joinAtoms(a: MessageView, b: MessageView): MessageView {
    return a === b || b === this.initial ? a : (this.joined(a, b) ?? a);
  }

  /** A copy of `a` with the later atoms of `b`, where there are any. */
  private joined(a: MessageView, b: MessageView): number[] | undefined {
    const { atoms, rank } = this;
    let to: number[] | undefined;
    for (let i = 0; i < atoms; i++) {
      if (a[i] === b[i] || rank[a[i]] >= rank[b[i]]) continue;
      to ??= a.slice();
      to[i] = b[i];
    }
    return to;
  }

  /** Where in a view the number of a thread's fences, writes and reads stand. */
  fences(thread: number): number {
    return this.atoms + thread;
  }
  writes(thread: number): number {
    return this.atoms + this.threads + thread;
  }
  reads(thread: number): number {
    return this.atoms + 2 * this.threads + thread;
  }
}
