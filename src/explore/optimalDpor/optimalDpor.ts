import { grownCopy } from '../../memory/grownCopy.ts';
import { failedCmpxchg, isChoice, isCmpxchg, isData, isWrite, kindOf, placeOf } from '../../memory/kinds.ts';
import { highWord, joinWords, lowWord } from '../../memory/wideRmw.ts';
import type { Execution } from '../execution/execution.ts';
import type { Stop } from '../execution/stop.ts';
import { HappensBefore } from '../happensBefore.ts';
import type { Limits } from '../limits.ts';
import type { Reversal, WorkItem, WorkResult } from '../parallel/workItem.ts';
import { lowestSetBit } from '../schedulers/scheduler.ts';
import { withinPreemptions } from '../search/preemptionBound.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from '../search/searchProgress.ts';
import type { TraceCounter } from '../search/traceCounter.ts';
import { alternatives, chosenBy, footprintWithChoice, takeChoice } from './choiceCode.ts';
import {
  type Conflict,
  insertSequence,
  type Sequence,
  type SleepingStep,
  TreeEncoder,
  type WakeupNode,
  wakeupNode,
  weakInitial,
} from './wakeupTree.ts';

type DporItem = WorkItem & { readonly kind: 'optimalDpor' };

interface Options {
  /** Counts the classes of the complete executions, to check that each execution has its own. */
  readonly classes?: TraceCounter;
  /**
   * Counts and checks only classes that some schedule with at most this many preemptions belongs
   * to. All classes are explored: the bound removes no work.
   */
  readonly preemptions?: number;
  /** The work item to explore; left out: everything. */
  readonly from?: DporItem;
  /** Reused from one work item to the next. */
  readonly buffers?: DporBuffers;
}

interface DporBuffers {
  readonly order: HappensBefore;
  readonly encoder: TreeEncoder;
}

export const createBuffers = (execution: Execution, checker: PropertyChecker): DporBuffers => ({
  order: new HappensBefore(execution, (place) => checker.sees(place)),
  encoder: new TreeEncoder(),
});

/**
 * Optimal-DPOR with wakeup trees. It explores one complete execution of each Mazurkiewicz trace,
 * and none that is blocked by its sleep set. Source: Abdulla, Aronis, Jonsson, Sagonas, "Source
 * Sets: A Foundation for Optimal Dynamic Partial Order Reduction", JACM 2017; first at POPL 2014.
 *
 * Departures from the paper:
 * - For a race (e, e′) the wakeup sequence is notdep(e, E)·e′, where E stops before e′; the paper
 *   uses the whole execution. So a race is processed once, when e′ is first executed.
 * - Let e′ be a cmpxchg that fails after e and would succeed before it. Later steps that do not
 *   conflict with the failed one may conflict now. The sequence then ranges over the whole
 *   execution, in each execution with this race. (The paper requires that whether two steps
 *   conflict does not depend on a third one. A failed cmpxchg that counts as a load breaks this
 *   where cells overlap.)
 * - A thread that waits for a lock is treated as if its next step were to take the lock.
 * - A spin loop is cut after one iteration (`Execution.blockOnSpin`); this counts as blocked.
 * - Two steps that a property observes conflict always (`HappensBefore.visible`). So a trace may
 *   have several executions where a property observes steps that commute.
 * - A preemption bound filters complete executions; GenMC also prunes by its bound.
 * - The search can be cut into work items: see `OptimalDporWorkList`.
 */
export function optimalDpor(
  execution: Execution,
  checker: PropertyChecker,
  limits: Limits,
  { classes, preemptions, from, buffers = createBuffers(execution, checker) }: Options = {},
): SearchResult & Pick<WorkResult, 'tree' | 'reversals'> {
  const progress = new SearchProgress(limits);
  execution.until = progress.until;
  const search = new OptimalDporSearch(execution, buffers, from);
  const isWithinBound = (taken?: Int32Array): boolean =>
    preemptions === undefined || withinPreemptions(execution, search.order, preemptions, taken);
  let tree = new Int32Array(0);
  for (;;) {
    const stop = search.runToEnd();
    progress.steps += search.stepsTaken;
    if (stop?.kind === 'late') {
      progress.timeOut();
      break;
    }
    if (stop === undefined) {
      // Blocked by the sleep set. The paper proves that this does not happen.
      progress.blocked++;
    } else {
      // A cut execution counts even outside the bound: what it would have led to is not known.
      if (stop.kind === 'limit' || isWithinBound()) {
        if (stop.kind === 'finished') classes?.add();
        if (progress.count(stop, checker.atEnd(stop))) break;
      }
      if (stop.kind === 'limit' && progress.recordCut(execution)) break;
      const possible = checker.possibly?.(search.order, preemptions === undefined ? undefined : isWithinBound);
      if (possible !== undefined) {
        const choices = execution.choices();
        execution.reset();
        for (const s of possible.steps) if (execution.stopped() === null) takeChoice(execution, choices[s]);
        progress.violation = possible.violation;
        break;
      }
      search.reverseRaces();
    }
    const hasMore = search.backtrack();
    if (!hasMore || progress.limitReached(0)) {
      tree = search.encodeTree(hasMore);
      break;
    }
  }
  execution.blockOnSpin = false;
  return Object.assign(progress.complete(), { tree, reversals: search.reversals });
}

/** The search stack: for each depth of the current execution, a wakeup tree and a sleep set. */
class OptimalDporSearch {
  readonly order: HappensBefore;
  /** Reversals to insert at nodes that belong to other work items. */
  readonly reversals: Reversal[] = [];
  /** Steps taken by the last `runToEnd`. */
  stepsTaken = 0;
  /** The elements of `reversals` that were found with a whole execution, as text. */
  private readonly reported = new Set<string>();
  private readonly execution: Execution;
  /** The depth of the first node that is explored here: the length of the item's prefix. */
  private readonly floor: number;
  /** Whether that node belongs to the work list, and only one of its branches to this item. */
  private readonly isBranch: boolean;
  /** By depth: the roots of the wakeup tree, and the number of the root that is being explored. */
  private readonly trees: WakeupNode[][] = [];
  private readonly branch: number[] = [];
  /** By depth: the threads in the sleep set; and each `choose` there, with its result. */
  private readonly sleepSets: number[] = [];
  private readonly sleepingChoices: (readonly SleepingStep[])[] = [];
  /** By depth and thread: the footprint of the next step of a thread in the sleep set. */
  private codes: Int32Array;
  /** Encodes what was explored, if this is a work item. */
  private readonly encoder: TreeEncoder | undefined;
  /** Races (e, e′) on the stack whose second step succeeds if it comes first: e, e′, e, e′, … */
  private readonly strengthened: number[] = [];
  private readonly conflict: Conflict = (a, b) => this.order.conflict(a, b);

  constructor(execution: Execution, buffers: DporBuffers, from: DporItem | undefined) {
    this.execution = execution;
    this.order = buffers.order;
    this.order.clear();
    this.floor = from?.prefix.length ?? 0;
    this.isBranch = from?.branch !== undefined;
    if (from !== undefined) this.encoder = buffers.encoder;
    this.encoder?.words();
    this.codes = new Int32Array(execution.node.length * Math.max(256, 2 * this.floor + 2));
    execution.blockOnSpin = true;
    execution.reset();
    for (const choice of from?.prefix ?? []) {
      takeChoice(execution, choice);
      this.order.push();
    }
    this.recordStrengthened();
    this.order.races.length = 0;
    this.trees[this.floor] = from?.branch === undefined ? [] : [from.branch];
    this.branch[this.floor] = 0;
    this.sleepSets[this.floor] = 0;
    this.sleepingChoices[this.floor] = [];
    for (const { thread, code } of from?.sleepSet ?? []) this.addToSleepSet(this.floor, thread, code);
  }

  /**
   * Ends the search. Returns the explored tree below the prefix, encoded; with `hasMore`, also the
   * nodes that are still to be explored.
   */
  encodeTree(hasMore: boolean): Int32Array<ArrayBuffer> {
    const { encoder, trees, branch, execution } = this;
    if (encoder === undefined) return new Int32Array(0);
    for (let depth = execution.steps; hasMore && depth >= this.floor; depth--) {
      for (const node of trees[depth].slice(branch[depth] + (depth < execution.steps ? 1 : 0))) encoder.add(node);
      if (depth > this.floor) encoder.end();
    }
    return encoder.words();
  }

  /**
   * Runs to the end of an execution, first along the wakeup tree. Returns how the execution
   * stopped; undefined if all enabled threads are in the sleep set.
   */
  runToEnd(): Stop | undefined {
    const { execution, order, trees, branch, sleepSets } = this;
    this.stepsTaken = 0;
    for (;;) {
      const stop = execution.stopped();
      const depth = execution.steps;
      const tree = trees[depth];
      if (stop !== null) return stop;
      if (branch[depth] === tree.length) {
        const awake = execution.enabled & ~sleepSets[depth];
        if (awake === 0) return undefined;
        const { last } = execution;
        const thread = last >= 0 && awake & (1 << last) ? last : lowestSetBit(awake);
        for (const code of alternatives(execution, thread)) tree.push(wakeupNode(thread, code));
      }
      const node = tree[branch[depth]];
      execution.step(node.thread, chosenBy(node.code));
      node.code = footprintWithChoice(execution, depth);
      node.explored = true;
      this.stepsTaken++;
      order.push();
      this.encoder?.begin(node.thread, node.code, true);
      trees[depth + 1] = node.children;
      branch[depth + 1] = 0;
      this.deriveSleepSet(depth, node.thread, node.code);
    }
  }

  /** Goes back to the deepest node with an unexplored branch. Returns false if there is none. */
  backtrack(): boolean {
    const { execution, trees, branch, order, strengthened } = this;
    for (let depth = execution.steps - 1; depth >= this.floor; depth--) {
      const node = trees[depth][branch[depth]];
      this.addToSleepSet(depth, node.thread, node.code);
      node.children = [];
      this.encoder?.end();
      if (++branch[depth] === trees[depth].length) continue;
      order.backTo(depth);
      execution.backTo(depth);
      while (strengthened.length > 0 && strengthened[strengthened.length - 1] >= depth) strengthened.length -= 2;
      return true;
    }
    return false;
  }

  /**
   * Inserts the reversal of each new race, of strengthened races, and of threads that wait for a
   * lock.
   */
  reverseRaces(): void {
    const { execution, order, strengthened } = this;
    const { races } = order;
    this.recordStrengthened();
    for (let i = 0; i < races.length; i += 2) {
      const [e, s] = [races[i], races[i + 1]];
      if (!this.isStrengthened(e, s)) this.insertReversal(e, s, execution.schedule[s], this.footprintBefore(e, s));
    }
    races.length = 0;
    for (let i = 0; i < strengthened.length; i += 2) {
      const s = strengthened[i + 1];
      this.insertReversal(strengthened[i], execution.steps, execution.schedule[s], this.attemptedAccess(s));
    }
    for (let t = 0; t < order.threads; t++) {
      const holder = order.blocking(t);
      if (holder >= 0) this.insertReversal(holder, execution.steps, t, execution.pending[t]);
    }
  }

  private recordStrengthened(): void {
    const { races } = this.order;
    for (let i = 0; i < races.length; i += 2)
      if (this.isStrengthened(races[i], races[i + 1])) this.strengthened.push(races[i], races[i + 1]);
  }

  /** Whether step `s` of the race (e, s) writes nothing, but would write if it came before e. */
  private isStrengthened(e: number, s: number): boolean {
    return !this.execution.memory.isWrite(s) && isWrite(kindOf(this.footprintBefore(e, s)));
  }

  /**
   * Inserts a wakeup sequence before step `e`. It has the steps after `e` and before `end` that do
   * not happen after `e`, then the step of `thread` with footprint `code`.
   */
  private insertReversal(e: number, end: number, thread: number, code: number): void {
    const { execution, order } = this;
    const sequence: Sequence = { threads: [], codes: [] };
    for (let k = e + 1; k < end; k++) {
      if (order.before(e, k)) continue;
      sequence.threads.push(execution.schedule[k]);
      sequence.codes.push(footprintWithChoice(execution, k));
    }
    sequence.threads.push(thread);
    sequence.codes.push(code);
    if (this.isBranch && e <= this.floor) {
      if (end === execution.steps) {
        // A sequence over the whole execution recurs in each execution. It is reported once.
        const text = `${e} ${sequence.threads} ${sequence.codes}`;
        if (this.reported.has(text)) return;
        this.reported.add(text);
      }
      this.reversals.push({ depth: e, ...sequence });
      return;
    }
    for (let rest = this.sleepSets[e]; rest !== 0; rest &= rest - 1) {
      const t = lowestSetBit(rest);
      if (weakInitial({ thread: t, code: this.codes[e * order.threads + t] }, sequence, this.conflict)) return;
    }
    if (this.sleepingChoices[e].some((step) => weakInitial(step, sequence, this.conflict))) return;
    insertSequence(this.trees[e], this.branch[e] + 1, sequence, this.conflict);
  }

  /** The access that step `s` attempted: unlike its footprint, a cmpxchg even if it failed. */
  private attemptedAccess(s: number): number {
    return this.execution.tree.code[this.execution.nodes[s]];
  }

  /** The footprint of step `s` if it came before step `e`: a cmpxchg may then fail or succeed. */
  private footprintBefore(e: number, s: number): number {
    const { execution } = this;
    const code = this.attemptedAccess(s);
    if (!isCmpxchg(kindOf(code)) || !isData(kindOf(execution.footprints[e]))) return execution.footprints[s];
    const [mine, other] = [execution.places[placeOf(code)], execution.places[placeOf(execution.footprints[e])]];
    let seen = joinWords(execution.olds[s], mine.bits === 64 ? execution.oldHighs[s] : 0);
    const from = Math.max(mine.offset, other.offset);
    const to = Math.min(mine.offset + mine.bits / 8, other.offset + other.bits / 8);
    const old = joinWords(execution.olds[e], execution.oldHighs[e]);
    if (execution.memory.isWrite(e)) {
      for (let at = from; at < to; at++) {
        const shift = BigInt(8 * (at - mine.offset));
        const byte = (old >> BigInt(8 * (at - other.offset))) & 0xffn;
        seen = (seen & ~(0xffn << shift)) | (byte << shift);
      }
    }
    const isExpected = execution.tree.expects(execution.nodes[s], lowWord(seen), highWord(seen));
    return isExpected ? code : failedCmpxchg(code);
  }

  private addToSleepSet(depth: number, thread: number, code: number): void {
    if (isChoice(kindOf(code))) this.sleepingChoices[depth] = [...this.sleepingChoices[depth], { thread, code }];
    else this.sleepSets[depth] |= 1 << thread;
    this.codes[depth * this.order.threads + thread] = code;
  }

  /**
   * The sleep set after `thread` has taken the step `code` at `depth`: the steps that do not
   * conflict with it. A `choose` conflicts with itself alone.
   */
  private deriveSleepSet(depth: number, thread: number, code: number): void {
    const { threads } = this.order;
    if ((depth + 2) * threads > this.codes.length) this.codes = grownCopy(this.codes, this.codes.length * 2);
    this.sleepSets[depth + 1] = 0;
    const chosen = this.sleepingChoices[depth];
    this.sleepingChoices[depth + 1] = chosen.length === 0 ? chosen : chosen.filter((step) => step.thread !== thread);
    for (let rest = this.sleepSets[depth]; rest !== 0; rest &= rest - 1) {
      const t = lowestSetBit(rest);
      const sleeping = this.codes[depth * threads + t];
      if (!this.conflict(sleeping, code)) this.addToSleepSet(depth + 1, t, sleeping);
    }
  }
}
