import type { Execution } from '../explore/execution/execution.ts';
import type { Violation } from '../explore/execution/violation.ts';
import type { HappensBeforeOrder } from '../explore/happensBeforeOrder.ts';
import { join53, mixHash } from '../explore/hash.ts';
import type { StateView } from './property.ts';

/** A predicate over memory and results. */
export interface Predicate {
  readonly name: string;
  /** `always`: it must hold; `sometimes`: it must come true once. */
  readonly kind: 'always' | 'sometimes';
  readonly holds: (look: StateView) => boolean;
  /** Its bit in sets of predicates. */
  readonly bit: number;
  reached: boolean;
}

/** Predicates, and what each of them has looked at so far. */
export interface PredicateEvaluator {
  readonly predicates: readonly Predicate[];
  /** By place: the predicates that have read it, or a place that shares bytes with it. */
  readonly watching: Uint32Array;
  /** The predicates that have looked at results. */
  readonly watchingResults: number;
  /** Asks the predicates in `bits`, of memory as it is now. Returns the first `always` that does not hold. */
  evaluate(bits: number): Violation | undefined;
}

/** A moment at which a predicate fails, and the steps that lead to it. */
export interface PossibleViolation {
  readonly violation: Violation;
  readonly steps: readonly number[];
}

/**
 * HOT in an optimal search. The moments that other executions of the same class go through, and this one does not: a predicate over several cells may fail at one
 * of them. Looks for one where an `always` does not hold or a `sometimes` comes true ("possibly", Cooper and Marzullo, "Consistent Detection of
 * Global Predicates", 1991), among the steps that the predicate can tell apart. What those steps wrote, and their order, is kept as a hash of 53 bits: where
 * it was seen before, nothing new can come of it.
 */
export class PossiblyDetector {
  private readonly checker: PredicateEvaluator;
  private readonly execution: Execution;
  private readonly seen = new Set<number>();
  /** The hashes name leaves of the log tree as it was then. */
  private generation = -1;
  /** The steps that some predicate can tell apart, and how many operations ended with each. */
  private readonly steps: number[] = [];
  private readonly ended: number[] = [];

  constructor(checker: PredicateEvaluator, execution: Execution) {
    this.checker = checker;
    this.execution = execution;
  }

  /** @param accept whether a moment, given by the number of steps that each thread has taken, is one of those that are asked for; left out: all are. */
  find(order: HappensBeforeOrder, accept: ((taken: Int32Array) => boolean) | undefined): PossibleViolation | undefined {
    const { checker } = this;
    if (this.generation !== this.execution.tree.generation) this.seen.clear();
    this.generation = this.execution.tree.generation;
    for (let before = -1, now = watched(checker); before !== now; now = watched(checker)) {
      before = now; // a predicate may look at more cells than before: then once more
      this.gather();
      for (const predicate of checker.predicates) {
        if (predicate.reached) continue;
        const moments = new Moments(checker, this.execution, order, predicate.bit, accept);
        const apart = moments.among(this.steps, this.ended);
        if (accept === undefined && (!apart || this.seen.has(moments.hash))) continue;
        this.seen.add(moments.hash);
        const found = moments.search();
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  private gather(): void {
    const { checker, execution, steps, ended } = this;
    steps.length = ended.length = 0;
    for (let s = 0; s < execution.steps; s++) {
      const endings = checker.watchingResults === 0 ? 0 : execution.endedWith(s);
      const matters = checker.watching[execution.footprints[s] >>> 5] !== 0 && execution.changedBy(s);
      if (!matters && endings === 0) continue;
      steps.push(s);
      ended.push(endings);
    }
  }
}

function watched(checker: PredicateEvaluator): number {
  let n = checker.watchingResults === 0 ? 0 : 1;
  for (const bits of checker.watching) if (bits !== 0) n += bits;
  return n;
}

class Moments {
  hash = 0;
  private readonly checker: PredicateEvaluator;
  private readonly execution: Execution;
  private readonly order: HappensBeforeOrder;
  private readonly bit: number;
  private readonly accept: ((taken: Int32Array) => boolean) | undefined;
  /** By thread: its steps that the predicate can tell apart, and how many operations end with each. */
  private readonly chains: number[][] = [];
  private readonly endings: number[][] = [];
  private readonly at: Int32Array;
  private readonly seen = new Set<number>();

  constructor(
    checker: PredicateEvaluator,
    execution: Execution,
    order: HappensBeforeOrder,
    bit: number,
    accept: ((taken: Int32Array) => boolean) | undefined,
  ) {
    this.checker = checker;
    this.execution = execution;
    this.order = order;
    this.bit = bit;
    this.accept = accept;
    this.at = new Int32Array(order.threads);
    for (let t = 0; t < order.threads; t++) {
      this.chains.push([]);
      this.endings.push([]);
    }
  }

  /** Takes those of `steps` that the predicate can tell apart. Returns false where all of them are of one thread: this execution has seen all there is. */
  among(steps: readonly number[], ended: readonly number[]): boolean {
    const { checker, execution, order, bit, chains } = this;
    const results = (checker.watchingResults & bit) !== 0;
    let threads = 0;
    let a = bit;
    let b = 0;
    for (let i = 0; i < steps.length; i++) {
      const s = steps[i];
      const endings = results ? ended[i] : 0;
      const place = execution.footprints[s] >>> 5;
      const writes = (checker.watching[place] & bit) !== 0 && execution.changedBy(s);
      if (!writes && endings === 0) continue;
      const thread = execution.schedule[s];
      threads |= 1 << thread;
      let h = mixHash(thread, chains[thread].length);
      if (writes)
        h = mixHash(mixHash(mixHash(h, place), execution.rankOf(s)), mixHash(execution.values[s], execution.highs[s]));
      if (endings !== 0) h = mixHash(h, execution.lastLeaf(s));
      for (let u = 0; u < chains.length; u++) {
        let past = 0;
        const chain = chains[u];
        while (past < chain.length && order.before(chain[past], s)) past++;
        h = mixHash(h, past);
      }
      a = (a + h) | 0;
      b = (b + Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)) | 0;
      chains[thread].push(s);
      this.endings[thread].push(endings);
    }
    this.hash = (a >>> 0) * 0x200000 + (b >>> 11);
    return (threads & (threads - 1)) !== 0;
  }

  search(): PossibleViolation | undefined {
    const { execution } = this;
    const performed = execution.performed.slice();
    const memory = execution.rewind();
    execution.setPerformed(execution.performedFirst);
    const found = this.visit();
    execution.bytes.u32.set(memory);
    execution.setPerformed(performed);
    return found;
  }

  /** At a moment: asks, and goes on to those that come next. */
  private visit(): PossibleViolation | undefined {
    const { checker, execution, order, chains, at } = this;
    let key = 0;
    for (let t = 0; t < at.length; t++) key = key * (chains[t].length + 1) + at[t];
    if (this.seen.has(key)) return undefined;
    this.seen.add(key);
    const violation = checker.evaluate(this.bit);
    if (violation !== undefined) {
      const taken = this.taken();
      if (this.accept?.(taken) ?? true) return { violation, steps: this.steps(taken) };
    }
    for (let t = 0; t < chains.length; t++) {
      const s = chains[t][at[t]];
      if (
        s === undefined ||
        chains.some((chain, u) => u !== t && at[u] < chain.length && order.before(chain[at[u]], s))
      )
        continue;
      execution.redo(s);
      const ended = this.endings[t][at[t]];
      execution.performed[t] += ended;
      execution.setPerformed(execution.performed);
      at[t]++;
      const found = this.visit();
      if (found !== undefined) return found;
      at[t]--;
      execution.performed[t] -= ended;
      execution.setPerformed(execution.performed);
      execution.unredo(s);
    }
    return undefined;
  }

  /** By thread: the steps that this moment needs. */
  private taken(): Int32Array {
    const { order, chains, at } = this;
    const taken = new Int32Array(order.threads);
    for (let t = 0; t < at.length; t++) {
      if (at[t] === 0) continue;
      const row = chains[t][at[t] - 1] * order.threads;
      for (let u = 0; u < order.threads; u++) taken[u] = Math.max(taken[u], order.clocks[row + u]);
    }
    return taken;
  }

  private steps(taken: Int32Array): number[] {
    const { execution, order } = this;
    const steps: number[] = [];
    for (let s = 0; s < execution.steps; s++) if (order.locals[s] <= taken[execution.schedule[s]]) steps.push(s);
    return steps;
  }
}
