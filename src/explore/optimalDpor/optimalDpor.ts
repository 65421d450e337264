import { grownCopy } from '../../memory/grownCopy.ts';
import { isWrite, Kind, placeOf } from '../../memory/memory.ts';
import type { Execution } from '../execution/execution.ts';
import { HappensBefore } from '../happensBefore.ts';
import type { Limits } from '../limits.ts';
import { lowestSetBit } from '../schedulers/scheduler.ts';
import { withinPreemptions } from '../search/preemptionBound.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from '../search/searchProgress.ts';
import type { TraceCounter } from '../search/traceCounter.ts';
import type { Reversal, WorkItem, WorkResult } from '../work/workItem.ts';
import {
  type Conflict,
  insert,
  type Sequence,
  TreeEncoder,
  type WakeupNode,
  wakeup,
  weakInitial,
} from './wakeupTree.ts';

interface Options {
  /** Counts the classes of the complete executions, for those who doubt that each has one of its own. */
  readonly classes?: TraceCounter;
  /** Only classes that can be had with so many preemptions. */
  readonly preemptions?: number;
  /** What to explore; left out: all. */
  readonly from?: WorkItem & { readonly kind: 'classes' };
  /** For those who do many parts: what one has used, the next may use again. */
  readonly tools?: Tools;
}

interface Tools {
  readonly order: HappensBefore;
  readonly packing: TreeEncoder;
}

export const toolsOf = (execution: Execution, judge: PropertyChecker): Tools => ({
  order: new HappensBefore(execution, (place) => judge.sees(place)),
  packing: new TreeEncoder(),
});

/**
 * Optimal dynamic partial order reduction: one complete execution of each happens-before class, and none that is given up half way (Abdulla, Aronis,
 * Jonsson, Sagonas: "Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction", JACM 2017).
 *
 * Departs from the paper:
 * - Of a race (e, e') the reversal that is tried is what lies between the two and does not depend on e, then e'; what comes after e' is left to what
 *   follows. So a race is looked at once, when its second step is new.
 * - But where e' is a cmpxchg that fails after e and succeeds before it, steps that came after e' without conflicting with it do conflict now: they are
 *   taken along, in each execution that has the race. (The paper asks that whether two steps conflict does not depend on a third; a failed cmpxchg that is
 *   only a load breaks that where cells overlap.)
 * - A thread that waits for a lock in vain counts as one that is about to take it.
 * - A thread that goes round ends there (`Execution.blockOnSpin`); such executions are counted as blocked.
 * - It can be done in parts: see `ClassesPlan`.
 */
export function optimalDpor(
  execution: Execution,
  judge: PropertyChecker,
  limits: Limits,
  { classes, preemptions, from, tools = toolsOf(execution, judge) }: Options = {},
): SearchResult & Pick<WorkResult, 'tree' | 'reversals'> {
  const tally = new SearchProgress(limits);
  execution.until = tally.until;
  const search = new Optimal(execution, tools, from);
  const within = (taken?: Int32Array): boolean =>
    preemptions === undefined || withinPreemptions(execution, search.order, preemptions, taken);
  let tree = new Int32Array(0);
  for (;;) {
    const stop = search.forward();
    tally.steps += search.taken;
    if (stop?.kind === 'late') {
      tally.giveUp();
      break;
    }
    if (stop === undefined)
      tally.blocked++; // asleep, every one that could go on: the theory says never
    else {
      // What is cut short counts, wherever it would have led: the search is not whole then.
      if (stop.kind === 'limit' || within()) {
        if (stop.kind === 'finished') classes?.add();
        if (tally.count(stop, judge.end(stop))) break;
      }
      if (stop.kind === 'limit' && tally.cutShort(execution)) break;
      const between = judge.between?.(search.order, preemptions === undefined ? undefined : within);
      if (between !== undefined) {
        const threads = between.steps.map((s) => execution.schedule[s]);
        execution.reset();
        for (const thread of threads) if (execution.stopped() === null) execution.step(thread);
        tally.violation = between.violation;
        break;
      }
      search.reverse();
    }
    const more = search.back();
    if (!more || tally.over(0)) {
      tree = search.tree(more);
      break;
    }
  }
  execution.blockOnSpin = false;
  return Object.assign(tally.complete(), { tree, reversals: search.reversals });
}

/** The search's stack: by depth, the steps that were tried there or still are to be, and the threads that need not be. */
class Optimal {
  readonly order: HappensBefore;
  /** What is to be tried at points before the one where this search begins, or there. */
  readonly reversals: Reversal[] = [];
  taken = 0;
  private readonly told = new Set<string>();
  private readonly execution: Execution;
  /** Steps that are given. */
  private readonly floor: number;
  /** Whether the point where it begins belongs to somebody else. */
  private readonly isBranch: boolean;
  /** By depth: the steps to be tried there, and which of them is being tried. */
  private readonly trees: WakeupNode[][] = [];
  private readonly at: number[] = [];
  /** By depth: the threads whose next step was tried already, or before, and the footprints of these steps. */
  private readonly asleep: number[] = [];
  private codes: Int32Array;
  /** Writes down what is tried, where others may have to look at it. */
  private readonly packing: TreeEncoder | undefined;
  /** Races whose second step would succeed if it came first: first and second step. */
  private readonly stronger: number[] = [];
  private readonly conflict: Conflict = (a, b) => this.order.conflict(a, b);

  constructor(execution: Execution, tools: Tools, from: (WorkItem & { readonly kind: 'classes' }) | undefined) {
    this.execution = execution;
    this.order = tools.order;
    this.order.clear();
    this.floor = from?.prefix.length ?? 0;
    this.isBranch = from?.branch !== undefined;
    if (from !== undefined) this.packing = tools.packing;
    this.packing?.words();
    this.codes = new Int32Array(execution.node.length * Math.max(256, 2 * this.floor + 2));
    execution.blockOnSpin = true;
    execution.reset();
    for (const thread of from?.prefix ?? []) {
      execution.step(thread);
      this.order.push();
    }
    this.keepStronger();
    this.order.races.length = 0;
    this.trees[this.floor] = from?.branch === undefined ? [] : [from.branch];
    this.at[this.floor] = 0;
    this.asleep[this.floor] = 0;
    for (const { thread, code } of from?.asleep ?? []) this.sleep(this.floor, thread, code);
  }

  /** The steps after the point where it began, packed; `more`: with those that are still to be tried. Ends the search. */
  tree(more: boolean): Int32Array<ArrayBuffer> {
    const { packing, trees, at, execution } = this;
    if (packing === undefined) return new Int32Array(0);
    for (let depth = execution.steps; more && depth >= this.floor; depth--) {
      for (const node of trees[depth].slice(at[depth] + (depth < execution.steps ? 1 : 0))) packing.add(node);
      if (depth > this.floor) packing.end();
    }
    return packing.words();
  }

  /** Runs on to the end of an execution. Returns how it stopped; undefined when all that could go on are asleep. */
  forward() {
    const { execution, order, trees, at, asleep } = this;
    this.taken = 0;
    for (;;) {
      const stop = execution.stopped();
      const depth = execution.steps;
      const tree = trees[depth];
      if (stop !== null) return stop;
      if (at[depth] === tree.length) {
        const awake = execution.enabled & ~asleep[depth];
        if (awake === 0) return undefined;
        const { last } = execution;
        const thread = last >= 0 && awake & (1 << last) ? last : lowestSetBit(awake);
        tree.push(wakeup(thread, 0));
      }
      const node = tree[at[depth]];
      execution.step(node.thread);
      node.code = execution.footprints[depth];
      node.tried = true;
      this.taken++;
      order.push();
      this.packing?.begin(node.thread, node.code, true);
      trees[depth + 1] = node.children;
      at[depth + 1] = 0;
      this.fallAsleep(depth, node.code);
    }
  }

  /** Goes back to the last point where something is left to be tried. Returns false when there is none. */
  back(): boolean {
    const { execution, trees, at, order } = this;
    for (let depth = execution.steps - 1; depth >= this.floor; depth--) {
      const node = trees[depth][at[depth]];
      this.sleep(depth, node.thread, node.code);
      node.children = [];
      this.packing?.end();
      if (++at[depth] === trees[depth].length) continue;
      order.backTo(depth);
      execution.backTo(depth);
      while (this.stronger.length > 0 && this.stronger[this.stronger.length - 1] >= depth) this.stronger.length -= 2;
      return true;
    }
    return false;
  }

  /** Sees to it that each race of the steps that are new is tried the other way round too. */
  reverse(): void {
    const { execution, order, stronger } = this;
    const { races } = order;
    this.keepStronger();
    for (let i = 0; i < races.length; i += 2) {
      const [e, s] = [races[i], races[i + 1]];
      if (!this.getsStronger(e, s)) this.tryFirst(e, s, execution.schedule[s], this.reversed(e, s));
    }
    races.length = 0;
    for (let i = 0; i < stronger.length; i += 2) {
      const s = stronger[i + 1];
      this.tryFirst(stronger[i], execution.steps, execution.schedule[s], execution.tree.code[execution.nodes[s]]);
    }
    for (let t = 0; t < order.threads; t++) {
      const holder = order.blocking(t);
      if (holder >= 0) this.tryFirst(holder, execution.steps, t, execution.pending[t]);
    }
  }

  /** Of the new races, those whose second step would succeed if it came first. */
  private keepStronger(): void {
    const { races } = this.order;
    for (let i = 0; i < races.length; i += 2)
      if (this.getsStronger(races[i], races[i + 1])) this.stronger.push(races[i], races[i + 1]);
  }

  private getsStronger(e: number, s: number): boolean {
    return !this.execution.changes(s) && isWrite(this.reversed(e, s) & 31);
  }

  /** At the point before step `e`: what follows it up to `end` without depending on it, then a step of `thread` with the footprint `code`. */
  private tryFirst(e: number, end: number, thread: number, code: number): void {
    const { execution, order } = this;
    const sequence: Sequence = { threads: [], codes: [] };
    for (let k = e + 1; k < end; k++) {
      if (order.before(e, k)) continue;
      sequence.threads.push(execution.schedule[k]);
      sequence.codes.push(execution.footprints[k]);
    }
    sequence.threads.push(thread);
    sequence.codes.push(code);
    if (this.isBranch && e <= this.floor) {
      // Those that take along what came later come up in one execution after the other.
      const known = this.told.size;
      if (end === execution.steps && this.told.add(`${e} ${sequence.threads} ${sequence.codes}`).size === known) return;
      this.reversals.push({ depth: e, ...sequence });
      return;
    }
    for (let rest = this.asleep[e]; rest !== 0; rest &= rest - 1) {
      const t = lowestSetBit(rest);
      if (weakInitial({ thread: t, code: this.codes[e * order.threads + t] }, sequence, this.conflict)) return;
    }
    insert(this.trees[e], this.at[e] + 1, sequence, this.conflict);
  }

  /** The footprint of step `s` when it comes before step `e`: a cmpxchg may fail, or succeed, without what e wrote. */
  private reversed(e: number, s: number): number {
    const { execution } = this;
    const code = execution.tree.code[execution.nodes[s]];
    if ((code & 31) !== Kind.cmpxchg || (execution.footprints[e] & 31) > Kind.fetchOr) return execution.footprints[s];
    const [mine, other] = [execution.places[placeOf(code)], execution.places[placeOf(execution.footprints[e])]];
    let seen = BigInt(execution.olds[s]);
    const from = Math.max(mine.offset, other.offset);
    const to = Math.min(mine.offset + mine.bits / 8, other.offset + other.bits / 8);
    const old = (BigInt(execution.oldHighs[e]) << 32n) | BigInt(execution.olds[e]);
    if (execution.changes(e)) {
      for (let at = from; at < to; at++) {
        const shift = BigInt(8 * (at - mine.offset));
        const byte = (old >> BigInt(8 * (at - other.offset))) & 0xffn;
        seen = (seen & ~(0xffn << shift)) | (byte << shift);
      }
    }
    return Number(seen) === execution.tree.expected[execution.nodes[s]] ? code : code - Kind.cmpxchg + Kind.load;
  }

  private sleep(depth: number, thread: number, code: number): void {
    this.asleep[depth] |= 1 << thread;
    this.codes[depth * this.order.threads + thread] = code;
  }

  /** Below `depth`, those stay asleep whose steps do not conflict with the one that was taken there. */
  private fallAsleep(depth: number, code: number): void {
    const { threads } = this.order;
    if ((depth + 2) * threads > this.codes.length) {
      this.codes = grownCopy(this.codes, this.codes.length * 2);
    }
    this.asleep[depth + 1] = 0;
    for (let rest = this.asleep[depth]; rest !== 0; rest &= rest - 1) {
      const t = lowestSetBit(rest);
      const mine = this.codes[depth * threads + t];
      if (!this.conflict(mine, code)) this.sleep(depth + 1, t, mine);
    }
  }
}
