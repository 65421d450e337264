import { isFence, isRmw, isWrite, Kind } from '../../memory/memory.ts';
import type { Execution, Stop } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import type { WeakExecution } from '../memoryModels/weakExecution.ts';
import { lowestSetBit } from '../schedulers/scheduler.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from '../search/searchProgress.ts';
import type { TraceCounter } from '../search/traceCounter.ts';
import type { WorkItem } from '../work/workItem.ts';
import type { Graph } from './graph.ts';
import { type PartialOrder, topologicalOrder } from './partialOrder.ts';
import type { GraphEvent, PendingRmwRead, Revisit } from './revisit.ts';
import { runGraph } from './runGraph.ts';
import { vectorClocks } from './vectorClocks.ts';

/** Why a search of graphs ends where it comes to a program that it does not know: `PartialGraphs` does. */
export const UNSUPPORTED_ACCESS = 'an access to a wait queue, or to several locations';

/** What a search of graphs works with. */
export interface ConsistencyModel {
  /** Told what to read: see `Rules`. What concerns one thread, and what it has read, is held against the rules as its steps are taken. */
  readonly graph: Graph;
  /** Which steps of its memory model an execution of a graph takes; and whether there is an order of them. */
  readonly order: (graph: WeakExecution) => PartialOrder;
  readonly consistent: (graph: WeakExecution) => boolean;
}

/**
 * One execution of each class under `tso` and `weak`, a class being who has read from whom, and the coherence orders. TruSt: Kokologiannakis, Marmanis, Gladstein,
 * Vafeiadis, "Truly Stateless, Optimal Dynamic Partial Order Reduction", POPL 2022. A graph grows by one step at a time, of the lowest thread that can take
 * one; a load reads from each store there is, a store comes at each place in its order, and is read by each load that was there before it, which
 * takes back all that came after that load, where that was the newest it could be.
 *
 * Departs from the paper: a read-modify-write is one step, whose halves have times of their own; a lock that is waited for is no step, and one that takes the place of
 * another makes that wait. Wait queues, and accesses to several locations at once, are not known: the search ends with the limit `UNKNOWN`. Each complete
 * graph is run, on `execution`, in an order that its memory model allows.
 *
 * @returns what is left where a limit was reached.
 */
export function trust(
  execution: Execution,
  judge: PropertyChecker,
  limits: Limits,
  tools: ConsistencyModel,
  classes: TraceCounter | undefined,
  from: Revisit,
): SearchResult & { readonly left: readonly WorkItem[] } {
  const tally = new SearchProgress(limits);
  const search = new Search(execution, judge, tally, tools, classes);
  const { graph } = tools;
  execution.until = graph.execution.until = tally.until;
  execution.blockOnSpin = graph.execution.blockOnSpin = true;
  search.branches.push(from);
  while (search.branches.length > 0 && tally.limit === undefined && tally.violation === undefined) {
    search.go(search.branches.pop()!);
    if (tally.limit === undefined && search.branches.length > 0) tally.over(0);
  }
  execution.blockOnSpin = false;
  const left = tally.violation === undefined ? search.branches.toReversed() : [];
  return Object.assign(tally.complete(), { left: left.map((branch) => ({ kind: 'graphs', branch }) as const) });
}

class Search {
  readonly branches: Revisit[] = [];
  /** Of the graph as it is now: see `Branch`. */
  private halves: readonly PendingRmwRead[] = [];
  private waits: readonly PendingRmwRead[] = [];
  private readonly execution: Execution;
  private readonly judge: PropertyChecker;
  private readonly tally: SearchProgress;
  private readonly graph: Graph;
  private readonly run: WeakExecution;
  private readonly order: ConsistencyModel['order'];
  private readonly isConsistent: () => boolean;
  private readonly classes: TraceCounter | undefined;

  constructor(
    execution: Execution,
    judge: PropertyChecker,
    tally: SearchProgress,
    { graph, order, consistent }: ConsistencyModel,
    classes: TraceCounter | undefined,
  ) {
    this.execution = execution;
    this.judge = judge;
    this.tally = tally;
    this.graph = graph;
    this.run = graph.execution;
    this.order = order;
    this.isConsistent = () => consistent(graph.execution);
    this.classes = classes;
  }

  go({ moves, halves, waits, revisit }: Revisit): void {
    this.halves = halves;
    this.waits = waits;
    this.graph.load(moves);
    if (revisit !== undefined) this.revisit(revisit);
    else if (this.isConsistent()) this.extend();
  }

  /** Adds steps until there is none, or none that is consistent. The first way of each is gone at once; the others are branches. */
  private extend(): void {
    const { graph, run, tally } = this;
    for (;;) {
      const stop = run.stopped();
      if (stop?.kind === 'late') {
        tally.giveUp();
        return;
      }
      const enabled = this.waits.reduce((threads, { thread }) => threads & ~(1 << thread), run.enabled);
      if (stop !== null ? stop.kind !== 'limit' : this.halves.length === 0 && enabled === 0) {
        this.end(stop);
        return;
      }
      if (stop !== null) {
        tally.count(stop, undefined);
        tally.cutShort(run);
        return;
      }
      const half = this.halves[0];
      const thread = half?.thread ?? lowestSetBit(enabled);
      if (this.isUnknown(run.pending[thread])) {
        tally.cut++;
        tally.limit = UNSUPPORTED_ACCESS;
        tally.isOver = true;
        return;
      }
      this.halves = this.halves.slice(1);
      const { halves, waits } = this;
      const [first, ...others] = this.waysOf(thread, half);
      if (first === undefined) return;
      for (const move of others.reverse()) this.branches.push({ moves: [...graph.moves, move], halves, waits });
      graph.take(first);
      tally.steps++;
      if (!this.isConsistent()) return;
    }
  }

  /** Whether it is an access to a wait queue, or to several locations at once. */
  private isUnknown(code: number): boolean {
    if (isFence(code & 31)) return false;
    return (code & 31) >= Kind.wait || this.run.atoms.of[code >>> 5].length > 1;
  }

  /** The ways in which `thread` can take its next step; and branches for those who could have read what it stores. */
  private waysOf(thread: number, half: PendingRmwRead | undefined): GraphEvent[] {
    const { graph, run } = this;
    const code = run.pending[thread];
    const kind = code & 31;
    const now = this.now(half === undefined ? [] : [half]);
    const read = half?.read ?? now;
    const move = (from: readonly number[], after: readonly number[]): GraphEvent => ({
      thread,
      from: graph.stepsOfStores(from),
      after: graph.stepsOfStores(after),
      read,
      write: after.length > 0 ? now : read,
    });
    if (isFence(kind)) return [move([], [])];
    if (kind === Kind.lock || kind === Kind.unlock) {
      const ways = run.waysOf(thread).map(({ from, after }) => move(from, after));
      if (kind === Kind.lock && half === undefined) this.overtake(thread);
      this.tellWaiting(ways[0]);
      return ways;
    }
    if (!isWrite(kind)) return run.readings(thread, kind).map((from) => move(from, []));
    if (!isRmw(kind)) {
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
  private revisitReaders(by: PendingRmwRead): void {
    const { graph, run } = this;
    const atoms = run.atoms.of[run.pending[by.thread] >>> 5];
    const prefix = graph.prefixOf(by.thread, by.from);
    for (let s = 0; s < run.steps; s++) {
      if (graph.isIn(prefix, s) || graph.isLocking(s)) continue;
      if (!run.storesRead(s).some((store) => atoms.includes(run.stores.atom[store]))) continue;
      const { thread, read } = graph.moves[s];
      const without = this.takeBack(s, read, prefix);
      if (without === undefined) continue;
      const { moves, halves, waits, renamed } = without;
      const from = by.from.map((step) => renamed.get(step)!);
      this.branches.push({ moves, halves, waits, revisit: { ...by, from, reader: { thread, read } } });
    }
  }

  /**
   * The graph without step `gone`, and without all that came later than `time` and is not in `prefix`; read-modify-writes whose read came earlier are left in half.
   * Undefined where something of that was not the newest it could be: then another branch leads there.
   */
  private takeBack(
    gone: number,
    time: number,
    prefix: Int32Array,
  ): (Revisit & { readonly renamed: ReadonlyMap<number, number> }) | undefined {
    const { graph, run } = this;
    const open = [...this.halves, ...this.waits];
    const kept: number[] = [];
    const inHalf: number[] = [];
    for (let d = 0; d < run.steps; d++) {
      if (graph.isIn(prefix, d)) {
        kept.push(d);
        continue;
      }
      const { read, write } = graph.moves[d];
      const readGone = d === gone || read > time;
      const writeGone = d === gone || write > time;
      if (readGone && !graph.isMaximal(d, 'read', prefix, open)) return undefined;
      if (writeGone && !graph.isMaximal(d, 'write', prefix, open)) return undefined;
      if (!readGone && writeGone) inHalf.push(d);
      else if (!readGone) kept.push(d);
    }
    if (open.some((half) => half.read >= time && !this.isNewest(half, prefix))) return undefined;
    const { moves, renamed } = graph.restrict(kept);
    const rename = ({ thread, from, read }: PendingRmwRead): PendingRmwRead => ({
      thread,
      from: from.map((step) => renamed.get(step)!),
      read,
    });
    const stays = ({ read }: PendingRmwRead): boolean => read < time;
    return {
      moves,
      renamed,
      halves: [...inHalf.map((d) => rename(graph.moves[d])), ...this.halves.filter(stays).map(rename)],
      waits: this.waits.filter(stays).map(rename),
    };
  }

  /** Whether what a half has read is the newest that was there then, or is in `prefix`. */
  private isNewest({ thread, from, read }: PendingRmwRead, prefix: Int32Array): boolean {
    const { graph, run } = this;
    const atoms = run.atoms.of[run.pending[thread] >>> 5];
    const stores = from.map((step, i) => graph.storeOf(step, atoms[i]));
    return graph.isNewest(stores, read, prefix, -1);
  }

  /** Adds a store, at each place in its order, and has `reader` read from it, in each way. */
  private revisit({ thread, from, read, reader }: NonNullable<Revisit['revisit']>): void {
    const { graph, run, halves, waits } = this;
    const steps = run.steps;
    const atoms = run.atoms.of[run.pending[thread] >>> 5];
    const isUpdate = isRmw(run.pending[thread] & 31);
    const sources = from.map((step, i) => graph.storeOf(step, atoms[i]));
    const now = this.now([reader]);
    const mayUpdate = isUpdate && run.isFree(sources) && run.mayUpdate(thread, sources);
    const places = !isUpdate ? run.placings(thread) : mayUpdate ? [sources] : [];
    for (const after of places) {
      graph.take({ thread, from, after: graph.stepsOfStores(after), read: isUpdate ? read : now, write: now });
      const kind = run.pending[reader.thread] & 31;
      for (const reading of run.readings(reader.thread, kind).toReversed()) {
        if (!reading.some((of) => run.stores.step[of] === steps)) continue;
        const half = { ...reader, from: graph.stepsOfStores(reading) };
        if (isRmw(kind) && !run.fails(reader.thread, reading))
          this.branches.push({ moves: [...graph.moves], halves: [half, ...halves], waits });
        else this.branches.push({ moves: [...graph.moves, { ...half, after: [], write: half.read }], halves, waits });
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
      const { thread: other, read } = graph.moves[s];
      const without = this.takeBack(s, read, prefix);
      if (without === undefined) continue;
      const { moves, halves, waits, renamed } = without;
      const from = [renamed.get(before)!];
      const now = graph.after([...halves, ...waits, { read }]);
      this.branches.push({
        moves: [...moves, { thread, from, after: from, read: now, write: now }],
        halves,
        waits: [...waits, { thread: other, read, from: [moves.length] }],
      });
    }
  }

  /** A lock is taken, or given back: for each thread that waits for it a branch in which that has seen it, and takes it where it is free. */
  private tellWaiting(move: GraphEvent): void {
    const { graph, run } = this;
    const id = run.pending[move.thread] >>> 5;
    const taken = (run.pending[move.thread] & 31) === Kind.lock;
    const prefix = graph.prefixOf(move.thread, taken ? move.from : []);
    for (const { thread, read } of this.waits) {
      if (run.pending[thread] >>> 5 !== id || thread === move.thread) continue;
      const without = this.takeBack(-1, read, prefix);
      if (without === undefined) continue;
      const { moves, halves, waits, renamed } = without;
      const now = graph.after([...halves, ...waits, { read }, { read: move.read }]);
      const rename = (step: number): number => renamed.get(step)!;
      const told = { ...move, from: move.from.map(rename), after: move.after.map(rename), write: now };
      const half = { thread, read, from: [moves.length] };
      this.branches.push({
        moves: [...moves, move.read === move.write ? { ...told, read: now } : told],
        halves: taken ? halves : [half, ...halves],
        waits: taken ? [...waits, half] : waits,
      });
    }
  }

  /** A time that is later than all, those of `others` too. */
  private now(others: readonly { readonly read: number }[]): number {
    return this.graph.after([...this.halves, ...this.waits, ...others]);
  }

  /** No thread takes another step. Those who wait for a lock, and would for ever, could have come first. */
  private end(stop: Stop | null): void {
    const { run } = this;
    const isBroken = stop?.kind === 'violated' || stop?.kind === 'crashed';
    const isWaiting = (t: number): boolean => this.waits.some(({ thread }) => thread === t);
    for (let t = 0; t < run.known.length && !isBroken; t++) {
      if ((run.live & ~run.halted & (1 << t)) === 0 || (run.pending[t] & 31) !== Kind.lock || isWaiting(t)) continue;
      this.overtake(t);
    }
    // Who waits for a lock that is free, or that somebody else holds, is told of it in another branch.
    const isUntold = ({ thread, from }: PendingRmwRead): boolean =>
      run.stores.step[run.stores.last(run.atoms.of[run.pending[thread] >>> 5][0])] !== from[0];
    if (isBroken || !this.waits.some(isUntold)) this.complete();
  }

  /** The graph is one of a whole execution: runs that. */
  private complete(): void {
    const { execution, judge, tally, classes } = this;
    const order = this.order(this.run);
    const all = topologicalOrder(order)!;
    runGraph(execution, this.graph, order, all);
    const stop = execution.stopped()!;
    if (stop.kind === 'late') {
      tally.giveUp();
      return;
    }
    if (stop.kind === 'finished') classes?.add();
    if (tally.count(stop, judge.end(stop))) return;
    const between = judge.between?.(vectorClocks(order, all, execution.node.length));
    if (between === undefined) return;
    runGraph(
      execution,
      this.graph,
      order,
      between.steps.map((s) => all[s]),
    );
    tally.violation = between.violation;
  }
}
