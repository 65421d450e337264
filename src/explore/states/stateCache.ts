import { grownCopy } from '../../memory/grownCopy.ts';
import type { Execution } from '../execution/execution.ts';
import type { PropertyChecker } from '../search/searchProgress.ts';
import type { Symmetry } from '../symmetry.ts';
import { addQueueOrder } from './queueOrder.ts';
import { ResultInterner } from './resultInterner.ts';
import { StateSet } from './stateSet.ts';
import { VarintBuffer } from './varintBuffer.ts';
import type { VisitedSet } from './visitedSet.ts';

/**
 * HOT. The visited states. A state is the contents of memory, and the node of each thread in the
 * execution trie, which is its continuation. It is also what a memory model hides from memory, and
 * the state of the properties.
 */
export class StateCache implements VisitedSet {
  /** Whether some state was visited whose path leads back to it: some execution may not end. */
  hasCycle = false;
  private withResults: boolean;
  private plainLocations: number;
  private seen = new StateSet();
  private readonly execution: Execution;
  private readonly checker: PropertyChecker;
  /** With a bound, a state includes the last thread and what was spent of the bound. */
  private readonly bounded: boolean;
  private readonly symmetry: Symmetry | undefined;
  /** By thread: the number of its results so far. */
  private readonly results: Uint32Array;
  private resultNumbers: ResultInterner;
  private readonly key = new VarintBuffer();
  private readonly internedKeys = new Map<string, number>();
  private readonly byDepth: boolean;
  /** By state: the fewest steps in which it was reached. */
  private depths = new Int32Array(1024);
  /** By number of steps: the state that the current path goes through there. */
  private path = new Int32Array(1024);

  /**
   * @param symmetry maps states to representatives; left out: no two states are equivalent.
   * @param byDepth whether a state counts as new if it is reached in fewer steps than before. Then
   *   more can follow before the limit of steps.
   */
  constructor(execution: Execution, checker: PropertyChecker, bounded = false, symmetry?: Symmetry, byDepth = false) {
    this.byDepth = byDepth;
    this.execution = execution;
    this.checker = checker;
    this.bounded = bounded;
    this.symmetry = symmetry;
    this.withResults = checker.resultsMatter;
    this.plainLocations = execution.memory.plainLocations;
    this.results = new Uint32Array(execution.node.length);
    this.resultNumbers = new ResultInterner(execution);
  }

  get size(): number {
    return this.seen.size;
  }

  /** Bytes in use, those of the execution trie included. */
  get bytes(): number {
    return this.seen.bytes + this.execution.tree.bytes;
  }

  /**
   * Whether a property has read results, or a location was accessed plainly, for the first time.
   */
  get mustRestart(): boolean {
    return (
      this.checker.resultsMatter !== this.withResults || this.execution.memory.plainLocations !== this.plainLocations
    );
  }

  /** The number of the state that was added or found last. */
  get number(): number {
    return this.seen.number;
  }

  clear(): void {
    this.hasCycle = false;
    this.seen = new StateSet();
    this.resultNumbers = new ResultInterner(this.execution);
    this.withResults = this.checker.resultsMatter;
    this.plainLocations = this.execution.memory.plainLocations;
  }

  add(spent: number): boolean {
    const { execution, results, withResults, key } = this;
    const { node, asleep, performed } = execution;
    if (withResults) for (let t = 0; t < performed.length; t++) results[t] = this.resultNumbers.numberOf(t);
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
    addQueueOrder(execution.queues, key, order);
    if (this.bounded) {
      key.add(order === undefined ? execution.last : order.indexOf(execution.last));
      key.add(spent);
    }
    execution.memory.addState(key);
    const text = this.checker.key();
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

  private intern(key: string): number {
    const known = this.internedKeys.get(key);
    if (known !== undefined) return known;
    this.internedKeys.set(key, this.internedKeys.size);
    return this.internedKeys.size - 1;
  }
}
