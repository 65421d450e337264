import { type LoopSeen, LoopTracker } from '../loops/probe.ts';
import { linesTo } from './callSites.ts';
import type { Place } from './cell.ts';
import { EndKind, type ExecutionTrie } from './executionTrie.ts';
import { IdleIterations } from './idleIteration.ts';
import { type LoopRules, usualLoopRules } from './loopRules.ts';
import { ContractViolation } from './memory.ts';
import type { MemoryImage } from './memoryImage.ts';
import { endText, operationEnd, ThrownValue, type TreeOperation } from './operationEnd.ts';
import { type AccessResult, type Fences, ReexecutionMemory, SUSPENDED } from './reexecutionMemory.ts';
import { resultText } from './result.ts';
import { RunAhead } from './runAhead.ts';
import { shortPlace } from './sourceLine.ts';
import { SpinDetector } from './spinDetector.ts';

/**
 * Finds out what an operation does next, and adds it to the trie. The operation runs again over the
 * results that it has seen, and then ahead (see `RunAhead`). Nothing is left of that run but the
 * trie.
 *
 * Every pass is compared with those before it. An operation that differs, or breaks another rule of
 * `Memory`, ends with a `ContractViolation` in the trie. Nothing is thrown.
 */
export class OperationRunner {
  loopRules: LoopRules = usualLoopRules;
  /** Whether the code has probes at its loops. Then a loop of unknown state is known to be one. */
  isWatched = false;
  private readonly tree: ExecutionTrie;
  private readonly fences: Fences;
  private readonly mem: ReexecutionMemory;
  private readonly ahead: RunAhead;
  private readonly spins: SpinDetector;

  constructor(tree: ExecutionTrie, places: readonly Place[], image: MemoryImage, fences: Fences) {
    this.tree = tree;
    this.fences = fences;
    this.mem = new ReexecutionMemory(tree, places, fences);
    const idle = new IdleIterations(tree, places, fences);
    this.ahead = new RunAhead(tree, places, image, this.mem, idle);
    this.spins = new SpinDetector(tree, places, this.mem, idle);
  }

  /** Tells whether the time is over. */
  set isLate(isLate: () => boolean) {
    this.ahead.isLate = isLate;
  }

  /** See `ReexecutionMemory`. */
  get threadMatters(): boolean {
    return this.mem.threadMatters;
  }

  /**
   * The label of the operation that runs, or null. After a run that was ended from outside it
   * stays.
   */
  get running(): string | null {
    return this.mem.running;
  }

  /** How many accesses that operation has made in its last pass. */
  get accesses(): number {
    return this.mem.known + this.ahead.accesses;
  }

  /**
   * The node that follows `node` and its result (low, high), which the trie does not have yet. It
   * is 0 if the time is over before the operation reaches it. A `node` of 0 begins the operation.
   */
  next(operation: TreeOperation, node: number, low: number, high: number): number {
    const { tree, mem, ahead } = this;
    // What comes after a closed iteration of a loop does not depend on it, and its delays may
    // differ.
    const from = tree.headOf(node);
    const path = tree.path(from);
    tree.adding = operation.index;
    ahead.begin(operation.thread, from, path);
    if (this.fences !== 'none') ahead.loadObservedMemory(path, low, high);
    const { iterationsMax, inFull, byComparison } = this.loopRules;
    const loops = inFull ? null : new LoopTracker(path.length, iterationsMax);
    const outcome = mem.run(operation, { path, low, high, continuation: ahead, loops });
    if (outcome instanceof ThrownValue && outcome.error instanceof ContractViolation)
      this.fail(outcome.error, low, high);
    else if (outcome !== SUSPENDED) this.addEnd(operation, path.length - 1, outcome);
    else if (ahead.isExhausted && byComparison && !inFull)
      ahead.firstNode = this.spins.detectSpinLoop(operation, ahead.node, ahead.firstNode, this.lastKnown(loops));
    ahead.restoreMemory();
    return ahead.firstNode;
  }

  /**
   * The number of the last access where the state at a loop's head was known; Infinity: it always
   * is.
   */
  private lastKnown(loops: LoopTracker | null): number {
    return this.isWatched && loops?.sawUnknown !== true ? Infinity : (loops?.lastKnown ?? 0);
  }

  /** Adds the end of the operation to the trie. The first time, it is checked by further passes. */
  private addEnd(operation: TreeOperation, depth: number, outcome: unknown): void {
    const { tree, ahead } = this;
    const { low, high } = this.mem;
    const { node } = ahead;
    const known = node === 0 ? 0 : tree.child(node, low, high);
    if (known !== 0) {
      if (tree.code[known] >= 0)
        this.fail(differs(`${operation.label} ended early when run again over the same results`), low, high);
      return;
    }
    const end = operationEnd(operation, outcome);
    const leaf = tree.addLeaf(node, low, high, end.code, end.value);
    this.mem.keepFences(leaf);
    if (ahead.firstNode === 0) ahead.firstNode = leaf;
    if (end.code >= EndKind.again) this.checkSecondPass(operation, depth, resultText(end.value), low, high);
  }

  /**
   * Runs an operation that has returned once more over the same results, and aborts it on the way.
   */
  private checkSecondPass(operation: TreeOperation, depth: number, text: string, low: number, high: number): void {
    const { mem } = this;
    const path = this.tree.path(this.ahead.node);
    const second = operationEnd(operation, mem.run(operation, { path, low, high }));
    if (second.code < EndKind.again) this.fail(second.value, low, high);
    else if (resultText(second.value) !== text)
      this.fail(
        differs(`${operation.label} returned ${text}, then ${resultText(second.value)} over the same results`),
        low,
        high,
      );
    else
      for (const abortAt of new Set([depth, path.length - 1])) {
        if (abortAt < 0) continue;
        const outcome = mem.run(operation, { path, low, high, abortAt });
        if (outcome instanceof ThrownValue) this.fail(outcome.error, low, high);
      }
  }

  /** The operation broke the rules of `Memory`: the node that was asked for becomes its end. */
  private fail(error: unknown, low: number, high: number): void {
    const { tree, ahead } = this;
    if (ahead.firstNode === 0) ahead.firstNode = tree.addLeaf(ahead.node, low, high, EndKind.threw, error);
    else tree.makeLeaf(ahead.firstNode, EndKind.threw, error);
  }

  /** The loop that has begun the most iterations when the operation comes to `node`. */
  longestLoop(operation: TreeOperation, node: number): LoopSeen | undefined {
    const path = this.tree.path(node);
    const loops = new LoopTracker(path.length, Infinity);
    this.mem.run(operation, { path, low: 0, high: 0, abortAt: path.length - 1, loops });
    const { longest } = loops;
    if (longest !== undefined) return { ...longest, place: shortPlace(longest.place) };
    const counts = new Map<string, number>();
    for (const line of this.linesTo(operation, node).values())
      if (line !== undefined) counts.set(line, (counts.get(line) ?? 0) + 1);
    const [place, iterations] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
    return iterations > 0 ? { place, iterations } : undefined;
  }

  /**
   * Whether the operation makes the accesses of `nodes` when they return `results`, and then ends
   * as the leaf `end` does; 0: it may go on.
   */
  doesTheSame(
    operation: TreeOperation,
    nodes: readonly number[],
    results: readonly AccessResult[],
    end: number,
  ): boolean {
    const { tree } = this;
    const abortAt = end === 0 ? nodes.length - 1 : -1;
    const outcome = this.mem.run(operation, { path: nodes, low: 0, high: 0, abortAt, results });
    if (end === 0) return outcome === SUSPENDED;
    const last = operationEnd(operation, outcome);
    return last.code === tree.code[end] && endText(last) === endText({ code: last.code, value: tree.end(end) });
  }

  /** See `callSites.ts`. */
  linesTo(operation: TreeOperation, node: number): ReadonlyMap<number, string | undefined> {
    return linesTo(this.mem, this.tree, operation, node);
  }
}

const differs = (message: string): ContractViolation => new ContractViolation('differs on the second pass', message);
