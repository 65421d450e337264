import { grownCopy } from '../../memory/grownCopy.ts';
import type { Execution } from '../execution/execution.ts';
import type { PropertyChecker } from '../search/searchProgress.ts';
import type { Symmetry } from '../symmetry.ts';
import { ResultInterner } from './resultInterner.ts';
import { StateSet } from './stateSet.ts';
import { VarintBuffer } from './varintBuffer.ts';
import type { Visited } from './visited.ts';

/**
 * HOT: the states that were visited. A state is memory, and for each thread the log of its operation, which is its continuation, as one number of the
 * `LogTree`; what watches the execution has its own.
 */
export class StateCache implements Visited {
  private withResults: boolean;
  private plainAtoms: number;
  private seen = new StateSet();
  private readonly execution: Execution;
  private readonly judge: PropertyChecker;
  /** With a bound it matters which thread goes on for free, and what has been spent. */
  private readonly bounded: boolean;
  private readonly symmetry: Symmetry | undefined;
  /** By thread: what stands for its results. */
  private readonly results: Uint32Array;
  private numbers: ResultInterner;
  private readonly key = new VarintBuffer();
  private readonly interned = new Map<string, number>();
  /** Whether the search has come to a state that it was still going on from: some execution comes to the same state again. */
  hasCycle = false;
  private readonly byDepth: boolean;
  /** By state: the fewest steps in which it was reached. By number of steps: the state that the search is going on from. */
  private depths = new Int32Array(1024);
  private path = new Int32Array(1024);

  /**
   * @param symmetry that of threads which are interchangeable; left out: each is itself.
   * @param byDepth a state counts as new where it is reached in fewer steps than before: there is more to come before the limit of steps.
   */
  constructor(execution: Execution, judge: PropertyChecker, bounded = false, symmetry?: Symmetry, byDepth = false) {
    this.byDepth = byDepth;
    this.execution = execution;
    this.judge = judge;
    this.bounded = bounded;
    this.symmetry = symmetry;
    this.withResults = judge.resultsMatter;
    this.plainAtoms = execution.plainAtoms;
    this.results = new Uint32Array(execution.node.length);
    this.numbers = new ResultInterner(execution);
  }

  get size(): number {
    return this.seen.size;
  }

  /** Bytes in use, with those of the logs that the states are made of. */
  get bytes(): number {
    return this.seen.bytes + this.execution.tree.bytes;
  }

  /** Whether states that were taken for one may be two: a property has looked at results, or a location was accessed plainly, for the first time. */
  get areTooFew(): boolean {
    return this.judge.resultsMatter !== this.withResults || this.execution.plainAtoms !== this.plainAtoms;
  }

  clear(): void {
    this.hasCycle = false;
    this.seen = new StateSet();
    this.numbers = new ResultInterner(this.execution);
    this.withResults = this.judge.resultsMatter;
    this.plainAtoms = this.execution.plainAtoms;
  }

  /** Adds the state that the execution is in. Returns false when it has been there. */
  add(spent: number): boolean {
    const { execution, results, withResults, key } = this;
    const { node, asleep, performed } = execution;
    if (withResults) for (let t = 0; t < performed.length; t++) results[t] = this.numbers.of(t);
    const order = this.symmetry?.order(execution, results);
    key.clear();
    key.addAll(this.symmetry?.rename(execution.bytes.u32) ?? execution.bytes.u32);
    let sleeping = 0;
    for (let i = 0; i < node.length; i++) {
      const t = order === undefined ? i : order[i];
      key.add(node[t]);
      if (asleep[t] >= 0) sleeping |= 1 << i;
      if (withResults) key.add(results[t]);
    }
    key.add(sleeping);
    if (this.bounded) {
      key.add(order === undefined ? execution.last : order.indexOf(execution.last));
      key.add(spent);
    }
    execution.addModelState(key);
    const text = this.judge.key();
    if (text !== '') key.add(this.intern(text));
    const length = key.end();
    const isNew = this.seen.add(key.words, length);
    const { number } = this.seen;
    const { steps } = execution;
    if (number >= this.depths.length) this.depths = grownCopy(this.depths, 2 * number);
    if (steps >= this.path.length) this.path = grownCopy(this.path, 2 * steps);
    if (!isNew) {
      const depth = this.depths[number];
      if (depth < steps && this.path[depth] === number) this.hasCycle = true;
      if (depth <= steps || !this.byDepth) return false;
    }
    this.depths[number] = steps;
    this.path[steps] = number;
    return true;
  }

  /** A number of its own for the state that was added or found last. */
  get number(): number {
    return this.seen.number;
  }

  private intern(key: string): number {
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    this.interned.set(key, this.interned.size);
    return this.interned.size - 1;
  }
}
