import { BoundExceeded } from '../../loops/probe.ts';
import type { Place } from '../../memory/cell.ts';
import { EndKind, type ExecutionTrie } from '../../memory/executionTrie.ts';
import { isData, kindOf, placeOf } from '../../memory/kinds.ts';
import { shortPlace } from '../../memory/sourceLine.ts';
import type { Program } from '../program.ts';
import type { LockRules } from './locks.ts';
import { type CodeOptions, OperationCode } from './operationCode.ts';
import { NONE } from './stepLog.ts';
import { stopOf, type ViolationStop } from './violation.ts';

/** What `Threads` need beside the program. */
export interface ThreadOptions extends Omit<CodeOptions, 'lastResult'> {
  /** How many threads a schedule has: those of the actors, and store buffers. */
  readonly scheduled: number;
  /** Told each time that code was run, which may have taken long. */
  readonly onRun: () => void;
}

/** Where the threads stand before the first step. */
interface Start {
  readonly live: number;
  readonly halted: number;
  readonly failure: ViolationStop | null;
  readonly node: Int32Array;
  readonly pending: Int32Array;
  readonly operation: Int32Array;
  readonly performed: Int32Array;
}

/**
 * HOT. Where each thread is: in its sequence of operations, and in the trie of what the operation
 * does.
 */
export class Threads {
  readonly code: OperationCode;
  readonly tree: ExecutionTrie;
  /** How many actors there are. */
  readonly count: number;
  /** Threads that have not ended, and threads that an assumption stopped; as bits. */
  live = 0;
  halted = 0;
  /** By thread: its trie node; the access code it takes next, NONE at its end. */
  readonly node: Int32Array;
  readonly pending: Int32Array;
  /** By thread: its operation, and how many it has performed; with an `until`, each time. */
  readonly operation: Int32Array;
  readonly performed: Int32Array;
  /** Why an operation ended the execution. */
  failure: ViolationStop | null = null;
  /** Whether an operation that throws stops its thread alone. */
  failuresHalt = false;
  /** Whether an operation ended with the last step. */
  ended = false;
  /** Loops that were cut after `iterationsMax` iterations, as messages name them. */
  readonly bounds = new Set<string>();
  iterationsMax = Infinity;
  private readonly places: readonly Place[];
  private readonly locks: LockRules;
  private readonly onRun: () => void;
  /**
   * By thread and number of the performed operation: its leaf, and the step that it ended with; -1:
   * before the first.
   */
  private readonly leaves: number[][];
  private readonly endedAt: number[][];
  private start: Start | null = null;
  private resultsNow: unknown[][] | null = null;

  constructor(program: Program, locks: LockRules, options: ThreadOptions) {
    const lastResult = (thread: number): unknown => this.resultOf(thread, this.performed[thread] - 1);
    this.code = new OperationCode(program, { ...options, lastResult });
    this.tree = this.code.tree;
    this.count = program.actors.length;
    this.places = options.places;
    this.locks = locks;
    this.onRun = options.onRun;
    this.node = new Int32Array(options.scheduled);
    this.pending = new Int32Array(options.scheduled).fill(NONE);
    this.operation = new Int32Array(this.count);
    this.performed = new Int32Array(this.count);
    this.leaves = program.actors.map(() => []);
    this.endedAt = program.actors.map(() => []);
  }

  /** Whether it is known where the threads stand before the first step. */
  get isStarted(): boolean {
    return this.start !== null;
  }

  /**
   * Brings all threads to their first accesses. What they do up to there depends on nothing, so it
   * is done once.
   */
  begin(): void {
    this.code.clear();
    this.live = (1 << this.count) - 1;
    this.halted = 0;
    this.failure = null;
    this.resultsNow = null;
    for (let t = 0; t < this.count; t++) {
      this.performed[t] = 0;
      this.startOperation(t, 0, NONE);
    }
    const { live, halted, failure, node, pending, operation, performed } = this;
    this.start = {
      live,
      halted,
      failure,
      node: node.slice(),
      pending: pending.slice(),
      operation: operation.slice(),
      performed: performed.slice(),
    };
  }

  /** Forgets the trie; `begin` is called next. */
  forget(): void {
    this.start = null;
  }

  /** Back to before the first step. */
  reset(): void {
    const { live, halted, failure, node, operation, performed, pending } = this.start!;
    this.live = live;
    this.halted = halted;
    this.failure = failure;
    for (let t = 0; t < this.count; t++) {
      this.node[t] = node[t];
      this.operation[t] = operation[t];
      this.performed[t] = performed[t];
      this.pending[t] = pending[t];
    }
    this.resultsNow = null;
  }

  /** The operations performed before the first step. */
  get performedAtStart(): Int32Array {
    return this.start!.performed;
  }

  /** `thread` comes to the access of `node`. */
  arrive(thread: number, node: number): void {
    const code = this.tree.code[node];
    this.node[thread] = node;
    this.pending[thread] = code;
    if (!isData(kindOf(code))) this.checkLocks(thread, code);
  }

  /** Asks the rules of locks whether `thread` may take the access `code`. */
  checkLocks(thread: number, code: number): void {
    const violation = this.locks.check(thread, kindOf(code), this.places[placeOf(code)]);
    if (violation !== undefined) this.failure = stopOf(violation);
  }

  /**
   * What `thread` does after `node` and the result (low, high), which the trie does not know yet.
   */
  extend(thread: number, node: number, low: number, high: number): number {
    const next = this.code.addNext(thread, this.operation[thread], node, low, high);
    this.onRun();
    return next;
  }

  /** `thread` has come to `leaf` by step `step`, and goes on to its next access. */
  finishOperation(thread: number, leaf: number, step: number): void {
    const number = this.performed[thread] + 1;
    const next = this.endOperation(thread, leaf, step);
    if (next < 0) return;
    const root = this.tree.operand[leaf];
    if (root !== 0) {
      this.operation[thread] = next;
      this.arrive(thread, root);
      return;
    }
    this.startOperation(thread, next, step);
    // Where the next operation begins with an access, that is where this leaf leads, always.
    if (this.performed[thread] === number && this.pending[thread] >= 0) this.tree.operand[leaf] = this.node[thread];
  }

  /** `thread` begins operation `index`, and goes on to its next access. */
  private startOperation(thread: number, index: number, step: number): void {
    for (let next = index; next >= 0; ) {
      this.operation[thread] = next;
      if (next === this.code.count(thread)) {
        this.live &= ~(1 << thread);
        this.node[thread] = 0;
        this.pending[thread] = NONE;
        return;
      }
      const root = this.rootOf(thread, next);
      if (this.tree.code[root] >= 0) {
        this.arrive(thread, root);
        return;
      }
      if (this.tree.code[root] === EndKind.again) {
        const violation = { property: 'operations that repeat access mem', message: this.code.label(thread, next) };
        this.failure = { kind: 'crashed', violation };
        return;
      }
      next = this.endOperation(thread, root, step);
    }
  }

  private rootOf(thread: number, index: number): number {
    const known = this.code.knownRoot(thread, index);
    if (known !== undefined) return known;
    const root = this.code.addRoot(thread, index);
    this.onRun();
    return root;
  }

  /**
   * The operation of `thread` ends at `leaf`. Returns the index of the next, or -1 where there is
   * none.
   */
  private endOperation(thread: number, leaf: number, step: number): number {
    const code = this.tree.code[leaf];
    if (code === EndKind.returned || code === EndKind.again) {
      const number = this.performed[thread]++;
      this.leaves[thread][number] = leaf;
      this.endedAt[thread][number] = step;
      this.ended = true;
      this.resultsNow = null;
      if (code === EndKind.returned) return this.operation[thread] + 1;
    }
    return this.endWithoutResult(thread, leaf, code);
  }

  /**
   * The operation of `thread` is performed again, or the thread goes no further. Returns as
   * `endOperation`.
   */
  private endWithoutResult(thread: number, leaf: number, code: number): number {
    if (code === EndKind.again) {
      if (this.iterationsMax === Infinity || this.repeatsOf(thread) <= this.iterationsMax)
        return this.operation[thread];
      this.bounds.add(this.code.label(thread, this.operation[thread]));
      this.halted |= 1 << thread;
    } else if (code === EndKind.assumed) {
      const why = this.tree.end(leaf);
      if (why instanceof BoundExceeded) this.bounds.add(`the loop at ${shortPlace(why.place)}`);
      this.halted |= 1 << thread;
    } else if (this.failuresHalt) this.halted |= 1 << thread;
    else this.failure = stopOf(this.tree.end(leaf));
    this.node[thread] = leaf;
    this.pending[thread] = NONE;
    return NONE;
  }

  /** Puts `thread` back to `node`, where it was before step `s`. */
  returnTo(thread: number, node: number, s: number): void {
    this.node[thread] = node;
    this.pending[thread] = this.tree.code[node];
    this.operation[thread] = this.tree.operation[node];
    for (let n = this.performed[thread]; n > 0 && this.endedAt[thread][n - 1] === s; n--)
      this.performed[thread] = n - 1;
    this.resultsNow = null;
    this.live |= 1 << thread;
    this.halted &= ~(1 << thread);
  }

  /** What a performed operation of `thread` returned; undefined for number -1. */
  resultOf(thread: number, number: number): unknown {
    return number < 0 ? undefined : this.tree.end(this.leaves[thread][number]);
  }

  /** By thread and number of the performed operation: what it returned. */
  get results(): readonly (readonly unknown[])[] {
    this.resultsNow ??= this.leaves.map((leaves, t) =>
      Array.from({ length: this.performed[t] }, (_, i) => this.tree.end(leaves[i])),
    );
    return this.resultsNow;
  }

  /** Sets how many operations each thread has performed: see `StateAtCut`. */
  setPerformed(performed: Int32Array): void {
    this.performed.set(performed);
    this.resultsNow = null;
  }

  /** The leaf of the operation that `thread` performed as its `number`-th, from 0. */
  leafOf(thread: number, number: number): number {
    return this.leaves[thread][number];
  }

  /** The index of that operation. */
  performedOperation(thread: number, number: number): number {
    return this.tree.operation[this.leaves[thread][number]];
  }

  /** How many operations of `thread` ended with its step `s`. */
  endedWith(thread: number, s: number): number {
    const endedAt = this.endedAt[thread];
    let ended = 0;
    for (let n = this.performed[thread]; n > 0 && endedAt[n - 1] >= s; n--) if (endedAt[n - 1] === s) ended++;
    return ended;
  }

  /** How many operations `thread` performed before its step `s`. */
  performedBefore(thread: number, s: number): number {
    let number = this.performed[thread];
    while (number > 0 && this.endedAt[thread][number - 1] >= s) number--;
    return number;
  }

  /** The leaf of the last operation of `thread` that ended with step `s` or before; 0: none. */
  lastLeaf(thread: number, s: number): number {
    const number = this.performedBefore(thread, s + 1);
    return number === 0 ? 0 : this.leaves[thread][number - 1];
  }

  /**
   * By node of the operation that `thread` was in at its step `s`, at `node`: the line it comes
   * from.
   */
  linesTo(thread: number, node: number, s: number): ReadonlyMap<number, string | undefined> {
    const number = this.performedBefore(thread, s);
    const before = number === 0 ? undefined : this.tree.end(this.leaves[thread][number - 1]);
    return this.code.linesTo(thread, node, before);
  }

  /**
   * The loop that has begun the most iterations, two at least, of those that threads are in, in
   * words.
   */
  longestLoop(): string | undefined {
    let most = 1;
    let longest: string | undefined;
    for (let t = 0; t < this.count; t++) {
      if (!(this.live & (1 << t)) || this.pending[t] < 0) continue;
      const index = this.operation[t];
      const label = this.code.label(t, index);
      const repeats = this.repeatsOf(t);
      if (repeats > most) [most, longest] = [repeats, `${label}, which is performed again and again`];
      const loop = this.code.longestLoop(t, index, this.node[t]);
      if (loop !== undefined && loop.iterations > most)
        [most, longest] = [loop.iterations, `the loop at ${loop.place} in ${label}`];
    }
    return longest;
  }

  /** How often in a row `thread` has performed its operation. */
  private repeatsOf(thread: number): number {
    let repeats = 0;
    for (let n = this.performed[thread] - 1; n >= 0; n--, repeats++)
      if (this.performedOperation(thread, n) !== this.operation[thread]) break;
    return repeats;
  }
}
