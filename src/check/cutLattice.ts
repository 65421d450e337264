import { counterKey } from '../explore/counterKey.ts';
import type { Execution } from '../explore/execution/execution.ts';
import { StateAtCut } from '../explore/execution/stateAtCut.ts';
import type { HappensBeforeOrder } from '../explore/happensBeforeOrder.ts';
import { join53, mixHash } from '../explore/hash.ts';
import { placeOf } from '../memory/kinds.ts';
import type { PossibleViolation, PredicateEvaluator } from './predicate.ts';

/**
 * HOT under `optimal`. The lattice of consistent cuts of an execution, for one predicate. Cuts are
 * the global states that executions of the same class go through, as far as the predicate can tell
 * them apart.
 */
export class CutLattice {
  /** Set by `build`: a hash of the lattice. */
  hash = 0;
  private readonly checker: PredicateEvaluator;
  private readonly execution: Execution;
  private readonly order: HappensBeforeOrder;
  private readonly bit: number;
  private readonly accept: ((taken: Int32Array) => boolean) | undefined;
  /** By thread: its steps that the predicate can observe, and how many operations end with each. */
  private readonly chains: number[][] = [];
  private readonly endings: number[][] = [];
  /** The current cut. By thread: how many steps of its chain are in it. */
  private readonly cut: Int32Array;
  /** By thread: the length of its chain. */
  private readonly lengths: number[] = [];
  private readonly visited = new Set<number | string>();

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
    this.cut = new Int32Array(order.threads);
    for (let t = 0; t < order.threads; t++) {
      this.chains.push([]);
      this.endings.push([]);
    }
  }

  /**
   * Selects the steps that the predicate can observe. Returns false if all are of one thread: then
   * the execution has been through all cuts.
   */
  build(steps: readonly number[], ended: readonly number[]): boolean {
    const { checker, execution, order, bit, chains } = this;
    const readsResults = (checker.watchingResults & bit) !== 0;
    let threads = 0;
    let a = bit;
    let b = 0;
    for (let i = 0; i < steps.length; i++) {
      const s = steps[i];
      const endings = readsResults ? ended[i] : 0;
      const place = placeOf(execution.footprints[s]);
      const writes = (checker.watching[place] & bit) !== 0 && execution.memory.changedValue(s);
      if (!writes && endings === 0) continue;
      const thread = execution.schedule[s];
      threads |= 1 << thread;
      let h = mixHash(thread, chains[thread].length);
      if (writes)
        h = mixHash(
          mixHash(mixHash(h, place), execution.memory.rankOf(s)),
          mixHash(execution.values[s], execution.highs[s]),
        );
      if (endings !== 0) h = mixHash(h, execution.threads.lastLeaf(thread, s));
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
    this.hash = join53(a, b);
    return (threads & (threads - 1)) !== 0;
  }

  /** Evaluates the predicate at each cut. Leaves the execution as it was. */
  search(): PossibleViolation | undefined {
    const state = new StateAtCut(this.execution);
    state.begin();
    for (const { length } of this.chains) this.lengths.push(length);
    const found = this.visit(state);
    state.end();
    return found;
  }

  /** Evaluates the predicate at the current cut, then visits the cuts with one step more. */
  private visit(state: StateAtCut): PossibleViolation | undefined {
    const { checker, chains, endings, cut } = this;
    const key = counterKey(cut, this.lengths);
    if (this.visited.has(key)) return undefined;
    this.visited.add(key);
    const violation = checker.evaluate(this.bit);
    if (violation !== undefined) {
      const taken = this.stepsTaken();
      if (this.accept?.(taken) ?? true) return { violation, steps: this.stepsIn(taken) };
    }
    for (let t = 0; t < chains.length; t++) {
      const s = chains[t][cut[t]];
      if (s === undefined || !this.canBeNext(s, t)) continue;
      const ended = endings[t][cut[t]];
      state.redo(s, ended);
      cut[t]++;
      const found = this.visit(state);
      if (found !== undefined) return found;
      cut[t]--;
      state.unredo(s, ended);
    }
    return undefined;
  }

  /** Whether step `s` of `thread` has no step before it that is not in the cut. */
  private canBeNext(s: number, thread: number): boolean {
    const { order, chains, cut } = this;
    for (let u = 0; u < chains.length; u++)
      if (u !== thread && cut[u] < chains[u].length && order.before(chains[u][cut[u]], s)) return false;
    return true;
  }

  /** By thread: how many of its steps lead to the current cut. */
  private stepsTaken(): Int32Array {
    const { order, chains, cut } = this;
    const taken = new Int32Array(order.threads);
    for (let t = 0; t < cut.length; t++) {
      if (cut[t] === 0) continue;
      const row = chains[t][cut[t] - 1] * order.threads;
      for (let u = 0; u < order.threads; u++) taken[u] = Math.max(taken[u], order.clocks[row + u]);
    }
    return taken;
  }

  private stepsIn(taken: Int32Array): number[] {
    const { execution, order } = this;
    const steps: number[] = [];
    for (let s = 0; s < execution.steps; s++) if (order.locals[s] <= taken[execution.schedule[s]]) steps.push(s);
    return steps;
  }
}
