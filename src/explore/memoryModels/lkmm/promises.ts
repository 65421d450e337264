import type { ExecutionTrie } from '../../../memory/executionTrie.ts';
import { isAcquire, isCmpxchg, isFullFence, isRead, isRelease, isWrite, Kind, kindOf } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import { NO_STORE } from '../../trust/partialGraph.ts';
import type { EventRelation } from './eventRelation.ts';
import { fencedOrder } from './graphOrder.ts';
import type { GraphRelations } from './graphRelations.ts';
import type { LkmmGraph } from './lkmmGraph.ts';
import type { LocationValues } from './locationValues.ts';

/*
 * Load buffering: a load reads a store that comes after it in program order and reads-from. Graphs
 * grow along both, so such a load is promised the value first. A complete graph counts only if each
 * promise is kept: a store of that value is there, and the graph in which the load reads from it is
 * consistent. What may be promised are values that stores of other threads have had in other
 * graphs. A search is repeated until there are no new ones.
 *
 * A load that is before all later stores of its thread whatever happens needs no promise. On each
 * cycle of program order and reads-from there is another one.
 */

/** A promise of a value, as the number of a store: see `isPromise`. */
export const promiseOf = (value: number): number => -2 - value;
export const promisedValue = (store: number): number => -2 - store;

/** Larger values are not promised: a schedule contains them. */
export const PROMISED_MAX = 1_000_000;

/** The reads that need promises. */
export class Promises {
  /** Why some are not made. */
  unsupported: string | undefined;
  private readonly possible: LocationValues;
  /** By thread: the reads, by their access code and which one with that code it is. */
  private readonly reads: readonly Set<string>[];
  /** The ends of threads that have been noted, since more values were known of. */
  private readonly noted = new Set<number>();
  private notedTree: ExecutionTrie | undefined;
  private notedVersion = '';

  constructor(possible: LocationValues, threads: number) {
    this.possible = possible;
    this.reads = Array.from({ length: threads }, () => new Set<string>());
  }

  /** How many reads need promises. */
  get size(): number {
    return this.reads.reduce((sum, { size }) => sum + size, 0);
  }

  /** What the next read of a thread may be promised. */
  of(execution: Execution<LkmmGraph>, thread: number): readonly number[] {
    const reads = this.reads[thread];
    if (reads.size === 0) return NO_PROMISES;
    const { memory, tree, nodes, pending } = execution;
    const code = pending[thread];
    if (!isRead(kindOf(code))) return NO_PROMISES;
    let nth = 0;
    for (const s of memory.stepsOf[thread]) if (tree.code[nodes[s]] === code) nth++;
    if (!reads.has(`${code} ${nth}`)) return NO_PROMISES;
    const values = this.possible.byOthers(thread, memory.locationOf(code));
    const small = values.filter(([low, high]) => low < PROMISED_MAX && high === 0);
    if (small.length < values.length) this.unsupported = `load buffering of values from ${PROMISED_MAX} on`;
    return small.map(([low]) => promiseOf(low));
  }

  /** Whether a thread has read what others write, in a way that does not keep it first. */
  private mayNeed({ memory, tree, nodes }: Execution<LkmmGraph>, thread: number): boolean {
    const own = memory.stepsOf[thread];
    return own.some((s, k) => {
      const code = tree.code[nodes[s]];
      return (
        k + 1 < own.length &&
        isRead(kindOf(code)) &&
        !isAlwaysFirst(kindOf(code)) &&
        this.possible.byOthers(thread, memory.locationOf(code)).length > 0
      );
    });
  }

  /**
   * Whether a thread has done something that is not noted. What it needs depends on nothing else
   * than its own steps. Its last node says which they are, but for what the last one read.
   */
  private isNew({ memory, tree, nodes, footprints }: Execution<LkmmGraph>, thread: number): boolean {
    const last = memory.stepsOf[thread].at(-1);
    if (last === undefined) return false;
    const version = `${tree.generation} ${this.possible.size}`;
    if (this.notedTree !== tree || this.notedVersion !== version) this.noted.clear();
    this.notedTree = tree;
    this.notedVersion = version;
    const { size } = this.noted;
    this.noted.add((nodes[last] * memory.stepsOf.length + thread) * 2 + (isWrite(kindOf(footprints[last])) ? 1 : 0));
    return this.noted.size > size;
  }

  /** Notes the reads of a complete graph that may be later than a store after them. */
  note(execution: Execution<LkmmGraph>): void {
    const threads: number[] = [];
    for (let t = 0; t < execution.memory.stepsOf.length; t++)
      if (this.isNew(execution, t) && this.mayNeed(execution, t)) threads.push(t);
    if (threads.length === 0) return;
    const x = execution.memory.relations.load(execution);
    const fenced = fencedOrder(x);
    for (const thread of threads) this.noteThread(execution, thread, x, fenced);
  }

  private noteThread(execution: Execution<LkmmGraph>, thread: number, x: GraphRelations, fenced: EventRelation): void {
    const { memory, tree, nodes } = execution;
    const { writeOf, readOf } = x.events;
    const own = memory.stepsOf[thread];
    const counts = new Map<number, number>();
    own.forEach((s, k) => {
      const code = tree.code[nodes[s]];
      const kind = kindOf(code);
      const nth = counts.get(code) ?? 0;
      counts.set(code, nth + 1);
      const key = `${code} ${nth}`;
      if (!isRead(kind) || isAlwaysFirst(kind) || this.reads[thread].has(key)) return;
      if (this.possible.byOthers(thread, memory.locationOf(code)).length === 0) return;
      const r = readOf[s];
      const isFree = own.slice(k + 1).some((other) => {
        const w = writeOf[other];
        if (w < 0 || fenced.has(r, w) || x.nonReadWriteFence.has(r, w)) return false;
        return kindOf(tree.code[nodes[other]]) !== Kind.lock && !memory.isDependent(s, other);
      });
      if (isFree) this.reads[thread].add(key);
    });
  }
}

const NO_PROMISES: readonly number[] = [];

/** Whether all later accesses stay behind an access of this kind, whatever it reads. */
export const isAlwaysFirst = (kind: number): boolean => (isAcquire(kind) || isFullFence(kind)) && !isCmpxchg(kind);

/**
 * The ways in which the promises of a complete graph are kept. In each, every read of a promise is
 * on a cycle of program order and reads-from: otherwise no promise was needed. While `visit` runs,
 * the reads read from the stores. If it returns true, that is all, and they stay so.
 */
export function keepPromises(execution: Execution<LkmmGraph>, visit: (hasPromises: boolean) => boolean): boolean {
  const { memory, steps, schedule } = execution;
  const { stores } = memory;
  const open: number[] = [];
  for (let s = 0; s < steps; s++) if (memory.promised[s] !== 0) open.push(s);
  const choose = (i: number): boolean => {
    if (i === open.length) return open.every((s) => isOnCycle(execution, s)) && visit(open.length > 0);
    const s = open[i];
    const promise = memory.promised[s];
    const code = execution.tree.code[execution.nodes[s]];
    const own = memory.written[s];
    for (const store of stores.order[memory.locationOf(code)].slice(1)) {
      if (stores.low[store] !== promisedValue(promise) || stores.high[store] !== 0) continue;
      if (schedule[stores.step[store]] === schedule[s]) continue;
      // The store of a read-modify-write comes right after the one that it has read.
      if (own !== NO_STORE && stores.rank[own] !== stores.rank[store] + 1) continue;
      memory.read[s] = store;
      if (choose(i + 1)) return true;
    }
    memory.read[s] = promise;
    return false;
  };
  return choose(0);
}

/**
 * Whether no promise of a graph is broken yet. On each cycle of program order and reads-from, some
 * read has a store of its thread after it that nothing keeps there. That read is promised its
 * value. So a full fence with no such store before it breaks the promise.
 */
export function mayBeKept({ memory, steps, schedule, footprints }: Execution<LkmmGraph>): boolean {
  const { stepsOf, nth, promised } = memory;
  for (let s = 0; s < steps; s++) {
    if (promised[s] === 0) continue;
    const own = stepsOf[schedule[s]];
    for (let k = nth[s]; k < own.length; k++) {
      const kind = kindOf(footprints[own[k]]);
      if (isFullFence(kind)) return false;
      if (isWrite(kind) && !isRelease(kind)) break;
    }
  }
  return true;
}

/** Whether the store that step `s` reads comes after it in program order and reads-from. */
function isOnCycle({ memory, schedule, steps }: Execution<LkmmGraph>, s: number): boolean {
  const { stores, stepsOf, nth } = memory;
  const goal = stores.step[memory.read[s]];
  const reached = new Set<number>();
  const waiting = [s];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === goal) return true;
    if (reached.has(at)) continue;
    reached.add(at);
    const next = stepsOf[schedule[at]][nth[at]];
    if (next !== undefined) waiting.push(next);
    const written = memory.written[at];
    if (written !== NO_STORE)
      for (let reader = 0; reader < steps; reader++) if (memory.read[reader] === written) waiting.push(reader);
  }
  return false;
}

/** Whether reads-from and coherence order agree with the program order at each location. */
export function isCoherent(execution: Execution<LkmmGraph>): boolean {
  const { events, po, pool, rfi, rfe, co, fr } = execution.memory.relations.load(execution);
  const order = pool.copy(rfi).join(rfe).join(co).join(fr);
  const { count, location } = events;
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++) if (location[a] === location[b] && po.has(a, b)) order.add(a, b);
  return order.close();
}
