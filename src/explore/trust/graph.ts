import { Kind } from '../../memory/memory.ts';
import type { WeakExecution } from '../memoryModels/weakExecution.ts';
import type { GraphEvent, PendingRmwRead } from './revisit.ts';

/** An execution graph: an execution that is told what to read, and what comes after what. Each step knows when it was added, and what it depends on. */
export class Graph {
  readonly execution: WeakExecution;
  readonly moves: GraphEvent[] = [];
  /** By step: by thread, how many of its steps come before it in program order and reads-from, itself included. */
  private readonly prefixes: Int32Array[] = [];

  constructor(execution: WeakExecution) {
    this.execution = execution;
    execution.reset();
  }

  /** Makes it the graph of these moves. */
  load(moves: readonly GraphEvent[]): void {
    let same = 0;
    while (same < this.moves.length && same < moves.length && equal(this.moves[same], moves[same])) same++;
    this.backTo(same);
    for (let i = same; i < moves.length; i++) this.take(moves[i]);
  }

  backTo(steps: number): void {
    this.execution.backTo(steps);
    this.moves.length = this.prefixes.length = steps;
  }

  take(move: GraphEvent): void {
    const { execution } = this;
    const { thread, from, after } = move;
    const s = execution.steps;
    const atoms = execution.atoms.of[execution.pending[thread] >>> 5];
    const prefix = this.prefixOf(thread, from);
    prefix[thread]++;
    execution.take(
      thread,
      from.map((step, i) => this.storeOf(step, atoms[i])),
      after.map((step, i) => this.storeOf(step, atoms[i])),
    );
    this.moves[s] = move;
    this.prefixes[s] = prefix;
  }

  /** What the next step of `thread` would depend on if it read from those steps. */
  prefixOf(thread: number, from: readonly number[]): Int32Array {
    const { stepsOf } = this.execution;
    const last = stepsOf[thread].at(-1);
    const prefix = last === undefined ? new Int32Array(stepsOf.length) : this.prefixes[last].slice();
    for (const step of from)
      if (step >= 0) for (let t = 0; t < prefix.length; t++) prefix[t] = Math.max(prefix[t], this.prefixes[step][t]);
    return prefix;
  }

  isIn(prefix: Int32Array, s: number): boolean {
    const { schedule, nth } = this.execution;
    return nth[s] <= prefix[schedule[s]];
  }

  storeOf(step: number, atom: number): number {
    if (step < 0) return atom;
    const { stores } = this.execution;
    return this.execution.written(step).find((store) => stores.atom[store] === atom)!;
  }

  stepsOfStores(stores: readonly number[]): number[] {
    return stores.map((store) => this.execution.stores.step[store]);
  }

  /** The kind of a step: of a cmpxchg that failed, a load. */
  kindOf(s: number): number {
    return this.execution.footprints[s] & 31;
  }

  /**
   * Whether step `s` is what would be added there if all were added with the newest: what it reads is the last store, and what it stores comes last and was not read,
   * among what was there then, and what is in `prefix`. `halves` have read, too.
   *
   * @param part which half of it is asked about.
   */
  isMaximal(s: number, part: 'read' | 'write', prefix: Int32Array, halves: readonly PendingRmwRead[]): boolean {
    const { execution, moves } = this;
    const time = moves[s][part];
    if (part === 'read') return this.isNewest(execution.storesRead(s), time, prefix, s);
    const written = execution.written(s);
    if (!this.isNewest(written, time, prefix, s)) return false;
    if (halves.some(({ from, read }) => from.includes(s) && read <= time)) return false;
    for (let reader = 0; written.length > 0 && reader < execution.steps; reader++) {
      if (
        reader !== s &&
        moves[reader].read <= time &&
        execution.storesRead(reader).some((store) => written.includes(store))
      )
        return false;
    }
    return true;
  }

  /** Whether each of these stores is the last of its order among those that were there by then, and those in `prefix`; but for those of step `own`. */
  isNewest(of: readonly number[], time: number, prefix: Int32Array, own: number): boolean {
    const { stores } = this.execution;
    return of.every((store) => {
      const order = stores.order[stores.atom[store]];
      for (let i = stores.rank[store] + 1; i < order.length; i++) {
        const step = stores.step[order[i]];
        if (step !== own && (this.moves[step].write <= time || this.isIn(prefix, step))) return false;
      }
      return true;
    });
  }

  /** The moves of the steps in `kept`, in their order, as a graph of their own; and what has become of the numbers of steps. */
  restrict(kept: readonly number[]): { readonly moves: GraphEvent[]; readonly renamed: ReadonlyMap<number, number> } {
    const { stores } = this.execution;
    const renamed = new Map<number, number>([[-1, -1]]);
    const moves: GraphEvent[] = [];
    for (const s of kept) {
      const { thread, from, read, write } = this.moves[s];
      const after = this.execution.written(s).map((store) => {
        const order = stores.order[stores.atom[store]];
        let at = stores.rank[store] - 1;
        while (!renamed.has(stores.step[order[at]])) at--;
        return renamed.get(stores.step[order[at]])!;
      });
      renamed.set(s, moves.length);
      moves.push({ thread, from: from.map((step) => renamed.get(step)!), after, read, write });
    }
    return { moves, renamed };
  }

  /** A time that is later than that of each step, and than those of `others`, which are to come back. */
  after(others: readonly { readonly read: number }[]): number {
    let latest = 0;
    for (const { read, write } of this.moves) latest = Math.max(latest, read, write);
    for (const { read } of others) latest = Math.max(latest, read);
    return latest + 1;
  }

  /** Whether it is a lock's place that step `s` is at. */
  isLocking(s: number): boolean {
    const kind = this.kindOf(s);
    return kind === Kind.lock || kind === Kind.unlock;
  }
}

const equal = (a: GraphEvent, b: GraphEvent): boolean =>
  a === b ||
  (a.thread === b.thread && a.read === b.read && a.write === b.write && same(a.from, b.from) && same(a.after, b.after));

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
