import { isFence, Kind, updates, writes } from '../../memory/memory.ts';
import type { Classes } from '../classes.ts';
import type { Execution } from '../execution.ts';
import type { Limits } from '../limits.ts';
import type { WeakExecution } from '../memoryModels/weakExecution.ts';
import { lowest } from '../scheduler.ts';
import { type Judge, type SearchResult, Tally } from '../search.ts';
import { follow } from './follow.ts';
import type { Graph, Move, Wait } from './graph.ts';
import { linear, type PartialOrder } from './order.ts';

/** A part of the search, as plain data: all graphs that go on from these moves. */
export interface Branch {
  readonly moves: readonly Move[];
  /** Read-modify-writes that are there in half: their threads' next steps, what they read, and when that was added. */
  readonly halves: readonly Half[];
  readonly waits: readonly Wait[];
  /** A store that is to be added next, and the read that is to read from it then. */
  readonly revisit?: Revisit;
}

interface Half {
  readonly thread: number;
  readonly from: readonly number[];
  readonly read: number;
}

interface Revisit extends Half {
  readonly reader: { readonly thread: number; readonly read: number };
}

/** What a search of graphs works with. */
export interface GraphTools {
  /** Told what to read: see `Rules`. What concerns one thread, and what it has read, is held against the rules as its steps are taken. */
  readonly graph: Graph;
  /** Which steps of its memory model an execution of a graph takes. A graph is consistent when there is an order of them. */
  readonly order: (graph: WeakExecution) => PartialOrder;
}

/**
 * One execution of each class under `tso` and `weak`, a class being who has read from whom, and the coherence orders. TruSt: Kokologiannakis, Marmanis, Gladstein,
 * Vafeiadis, "Truly Stateless, Optimal Dynamic Partial Order Reduction", POPL 2022. A graph grows by one step at a time, of the lowest thread that can take
 * one; a load reads from each store there is, a store comes at each place in its order, and is read by each load that was there before it, which
 * takes back all that came after that load, where that was the newest it could be.
 *
 * Departs from the paper: a read-modify-write is one step, whose halves have times of their own; a lock that is waited for is no step, and one that takes the place of
 * another makes that wait; a place of several locations is read and stored in all of them at once. Each complete graph is run, on `execution`, in an
 * order that its memory model allows.
 *
 * @returns what is left where a limit was reached.
 */
export function searchGraphs(
  execution: Execution,
  judge: Judge,
  limits: Limits,
  { graph, order }: GraphTools,
  classes: Classes | undefined,
  from: Branch,
): SearchResult & { readonly left: readonly Branch[] } {
  const tally = new Tally(limits);
  const search = new Search(execution, judge, tally, graph, order, classes);
  execution.until = graph.execution.until = tally.until;
  execution.roundsEnd = graph.execution.roundsEnd = true;
  search.branches.push(from);
  while (search.branches.length > 0 && tally.limit === undefined && tally.violation === undefined) {
    search.go(search.branches.pop()!);
    if (tally.limit === undefined && search.branches.length > 0) tally.over(0);
  }
  return Object.assign(tally, { left: tally.violation === undefined ? search.branches : [] });
}

class Search {
  readonly branches: Branch[] = [];
  private waits: readonly Wait[] = [];
  private readonly execution: Execution;
  private readonly judge: Judge;
  private readonly tally: Tally;
  private readonly graph: Graph;
  private readonly run: WeakExecution;
  private readonly order: GraphTools['order'];
  private readonly classes: Classes | undefined;

  constructor(
    execution: Execution,
    judge: Judge,
    tally: Tally,
    graph: Graph,
    order: GraphTools['order'],
    classes: Classes | undefined,
  ) {
    this.execution = execution;
    this.judge = judge;
    this.tally = tally;
    this.graph = graph;
    this.run = graph.execution;
    this.order = order;
    this.classes = classes;
  }

  go({ moves, halves, waits, revisit }: Branch): void {
    this.waits = waits;
    this.graph.load(moves);
    if (revisit !== undefined) this.revisit(halves, revisit);
    else if (this.isConsistent()) this.extend(halves);
  }

  /** Adds steps until there is none, or none that is consistent. The first way of each is gone at once; the others are branches. */
  private extend(halves: readonly Half[]): void {
    const { graph, run, tally } = this;
    for (let rest = halves; ; rest = rest.slice(1)) {
      const stop = run.stopped();
      if (stop !== null && (run.enabled === 0 || stop.kind !== 'limit')) {
        if (stop.kind === 'deadlock' || stop.kind === 'blocked' || stop.kind === 'livelock') this.overtakeAll();
        this.complete();
        return;
      }
      if (stop !== null) {
        tally.count(stop, undefined);
        tally.limit = run.limit;
        return;
      }
      const half = rest[0];
      const thread = half?.thread ?? lowest(run.enabled);
      if ((run.pending[thread] & 31) >= Kind.wait && !isFence(run.pending[thread] & 31)) {
        tally.limit = 'a wait queue, which the reduction `optimal` knows under sc alone';
        return;
      }
      const [first, ...others] = this.waysOf(thread, rest);
      if (first === undefined) return;
      for (const move of others.reverse())
        this.branches.push({ moves: [...graph.moves, move], halves: rest.slice(1), waits: this.waits });
      graph.take(first);
      tally.steps++;
      if (!this.isConsistent()) return;
    }
  }

  private isConsistent(): boolean {
    return linear(this.order(this.run)) !== undefined;
  }

  /** The ways in which `thread` can take its next step; and branches for those who could have read what it stores. */
  private waysOf(thread: number, halves: readonly Half[]): Move[] {
    const { graph, run } = this;
    const code = run.pending[thread];
    const kind = code & 31;
    const half = halves[0];
    const waited = this.waits.find((wait) => wait.thread === thread);
    const now = graph.after([...halves, ...this.waits]);
    const read = (half ?? waited)?.read ?? now;
    const move = (from: readonly number[], after: readonly number[]): Move => ({
      thread,
      from: graph.stepsOfStores(from),
      after: graph.stepsOfStores(after),
      read,
      write: after.length > 0 ? now : read,
    });
    if (isFence(kind)) return [move([], [])];
    if (waited !== undefined) this.waits = this.waits.filter((wait) => wait !== waited);
    else if (kind === Kind.lock && half === undefined) this.overtake(thread);
    if (kind === Kind.lock || kind === Kind.unlock)
      return run.waysOf(thread).map(({ from, after }) => move(from, after));
    if (!writes(kind)) return run.readings(thread, kind).map((from) => move(from, []));
    if (!updates(kind)) {
      this.revisitReaders({ thread, from: [], read });
      return run.placings(thread).map((after) => move([], after));
    }
    const atoms = run.atoms.of[code >>> 5];
    const readings = half ? [half.from.map((s, i) => graph.storeOf(s, atoms[i]))] : run.readings(thread, kind);
    return readings.flatMap((from) => {
      if (run.fails(thread, from)) return [move(from, [])];
      if (!run.mayUpdate(thread, from)) return [];
      this.revisitReaders({ thread, from: graph.stepsOfStores(from), read });
      return run.isFree(from) ? [move(from, from)] : [];
    });
  }

  /** For each read that was there before the next store of a thread, and does not lead to it: a branch in which it reads from that. */
  private revisitReaders(by: Half): void {
    const { graph, run } = this;
    const atoms = run.atoms.of[run.pending[by.thread] >>> 5];
    const prefix = graph.prefixOf(by.thread, by.from);
    for (let s = 0; s < run.steps; s++) {
      if (graph.isIn(prefix, s) || graph.isLocking(s)) continue;
      if (!run.storesRead(s).some((store) => atoms.includes(run.stores.atom[store]))) continue;
      const { thread, read } = graph.moves[s];
      const without = this.takeBack(s, prefix);
      if (without === undefined) continue;
      const from = by.from.map((step) => without.renamed.get(step)!);
      this.branches.push({
        moves: without.moves,
        halves: without.halves,
        waits: without.waits,
        revisit: { ...by, from, reader: { thread, read } },
      });
    }
  }

  /**
   * The graph without step `s`, and without all that came later and is not in `prefix`; read-modify-writes whose read came earlier are left in half. Undefined where
   * something of that was not the newest it could be: then another branch leads there.
   */
  private takeBack(
    s: number,
    prefix: Int32Array,
  ): { moves: Move[]; renamed: ReadonlyMap<number, number>; halves: Half[]; waits: Wait[] } | undefined {
    const { graph, run } = this;
    const time = graph.moves[s].read;
    const kept: number[] = [];
    const inHalf: number[] = [];
    for (let d = 0; d < run.steps; d++) {
      if (d !== s && graph.isIn(prefix, d)) {
        kept.push(d);
        continue;
      }
      const { read, write } = graph.moves[d];
      const readGone = d === s || read > time;
      const writeGone = d === s || write > time;
      if (readGone && !graph.isMaximal(d, 'read', prefix, this.waits)) return undefined;
      if (writeGone && !graph.isMaximal(d, 'write', prefix, this.waits)) return undefined;
      if (!readGone && writeGone) inHalf.push(d);
      else if (!readGone) kept.push(d);
    }
    const waits = this.waits.filter(({ read }) => read < time);
    if (this.waits.some((wait) => !waits.includes(wait) && !this.waitsForTheLast(wait, prefix))) return undefined;
    const { moves, renamed } = graph.restrict(kept);
    const halves = inHalf.map((d) => {
      const { thread, from, read } = graph.moves[d];
      return { thread, from: from.map((step) => renamed.get(step)!), read };
    });
    return { moves, renamed, halves, waits: waits.map((wait) => ({ ...wait, from: renamed.get(wait.from)! })) };
  }

  /** Whether who took the lock that a thread waits for was the last to, among those that were there then and those in `prefix`. */
  private waitsForTheLast({ read, from }: Wait, prefix: Int32Array): boolean {
    const { graph, run } = this;
    const { stores } = run;
    const [store] = run.written(from);
    return stores.order[stores.atom[store]].slice(stores.rank[store] + 1).every((later) => {
      const step = stores.step[later];
      return graph.moves[step].write > read && !graph.isIn(prefix, step);
    });
  }

  /** Adds a store, at each place in its order, and has `reader` read from it, in each way. */
  private revisit(halves: readonly Half[], { thread, from, read, reader }: Revisit): void {
    const { graph, run } = this;
    const steps = run.steps;
    const atoms = run.atoms.of[run.pending[thread] >>> 5];
    const kind = run.pending[thread] & 31;
    const sources = from.map((step, i) => graph.storeOf(step, atoms[i]));
    const now = graph.after([reader, ...halves, ...this.waits]);
    const places = updates(kind)
      ? run.isFree(sources) && run.mayUpdate(thread, sources)
        ? [sources]
        : []
      : run.placings(thread);
    for (const after of places) {
      const store: Move = {
        thread,
        from,
        after: graph.stepsOfStores(after),
        read: updates(kind) ? read : now,
        write: now,
      };
      graph.take(store);
      const code = run.pending[reader.thread];
      for (const reading of run.readings(reader.thread, code & 31).toReversed()) {
        if (!reading.some((of) => run.stores.step[of] === steps)) continue;
        const readFrom = graph.stepsOfStores(reading);
        if (updates(code & 31) && !run.fails(reader.thread, reading))
          this.branches.push({
            moves: [...graph.moves],
            halves: [{ thread: reader.thread, from: readFrom, read: reader.read }, ...halves],
            waits: this.waits,
          });
        else {
          const load = { thread: reader.thread, from: readFrom, after: [], read: reader.read, write: reader.read };
          this.branches.push({ moves: [...graph.moves, load], halves, waits: this.waits });
        }
      }
      graph.backTo(steps);
    }
  }

  /** A lock that a thread is about to take: for each time that another took it, a branch in which this thread does, and the other waits. */
  private overtake(thread: number): void {
    const { graph, run } = this;
    const [atom] = run.atoms.of[run.pending[thread] >>> 5];
    const order = run.stores.order[atom];
    for (let i = 1; i < order.length; i++) {
      const s = run.stores.step[order[i]];
      if (graph.kindOf(s) !== Kind.lock) continue;
      const before = run.stores.step[order[i - 1]];
      const prefix = graph.prefixOf(thread, [before]);
      if (graph.isIn(prefix, s)) continue;
      const without = this.takeBack(s, prefix);
      if (without === undefined) continue;
      const from = [without.renamed.get(before)!];
      const { thread: other, read } = graph.moves[s];
      const now = graph.after([...without.halves, ...without.waits, { read }]);
      this.branches.push({
        moves: [...without.moves, { thread, from, after: from, read: now, write: now }],
        halves: without.halves,
        waits: [...without.waits, { thread: other, read, from: without.moves.length }],
      });
    }
  }

  /** The same for all who wait for a lock, and would for ever. */
  private overtakeAll(): void {
    const { run } = this;
    for (let t = 0; t < run.known.length; t++)
      if (
        run.live & ~run.halted & (1 << t) &&
        (run.pending[t] & 31) === Kind.lock &&
        !this.waits.some(({ thread }) => thread === t)
      )
        this.overtake(t);
  }

  /** The graph is one of a whole execution: runs that. */
  private complete(): void {
    const { execution, judge, tally, classes } = this;
    follow(execution, this.graph, this.order(this.run));
    const stop = execution.stopped()!;
    if (stop.kind === 'finished') classes?.add();
    tally.count(stop, judge.end(stop));
  }
}
