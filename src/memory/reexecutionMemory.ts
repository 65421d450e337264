import { BoundExceeded, type LoopTracker, watchLoops } from '../loops/probe.ts';
import { AccessMemory } from './accessMemory.ts';
import type { Cell, Place } from './cell.ts';
import type { ExecutionTrie } from './executionTrie.ts';
import { accessCode, isFence, isStore, isWrite, Kind, kindNames, kindOf, placeOf } from './kinds.ts';
import { ContractViolation, loadUntil } from './memory.ts';
import { asyncOperationViolation, ThrownValue, type TreeOperation } from './operationEnd.ts';
import { siteLine } from './sourceLine.ts';
import { highWord, joinWords, lowWord } from './wideRmw.ts';

/**
 * The outcome of an operation that was aborted. Thrown through it; not an Error, as it needs no
 * stack.
 */
export const SUSPENDED = Symbol('suspended');

/** Which fences are steps under a memory model. */
export type Fences = 'none' | 'mb' | 'all';

/** The result of an access, as two words. */
export interface AccessResult {
  readonly low: number;
  readonly high: number;
}

/** Takes the accesses that come after the results that an operation has seen. */
export interface Continuation {
  /**
   * Sets `mem.low` and `mem.high` to the result of an access. Returns false where the operation
   * must be aborted instead.
   *
   * @param repeated the number of an earlier access, or -1 if none is known. The operation was in
   *   the same state after that access as it is before this one.
   */
  take(
    code: number,
    operand: number,
    operandHigh: number,
    expected: number,
    expectedHigh: number,
    repeated: number,
  ): boolean;
}

/** One pass of an operation over known results. */
export interface OperationPass {
  /** Nodes of the trie, from the operation's first access on. */
  readonly path: readonly number[];
  /** The result of the last access of `path`. Those before have theirs in the trie. */
  readonly low: number;
  readonly high: number;
  /** Takes the accesses after `path`. Without it there must be none. */
  readonly continuation?: Continuation;
  /** The number of the access at which the operation is aborted, from 0; -1: none. */
  readonly abortAt?: number;
  /** Results of the accesses of `path`, in the place of those in the trie. */
  readonly results?: readonly AccessResult[];
  /** Watches the operation's loops. */
  readonly loops?: LoopTracker | null;
  /** Filled with the call site of each access up to the one where the operation is aborted. */
  readonly sites?: string[];
}

/** Accesses that an operation may make after it was aborted, in a `finally`. */
const AFTER_ABORT_MAX = 1000;

/**
 * Runs an operation again over the results that it has seen. Each access must be the one that it
 * was before, and gets the same result. What comes after them is left to a `Continuation`.
 */
export class ReexecutionMemory extends AccessMemory {
  /**
   * Whether an operation has read `mem.thread`: then threads with equal operations are not
   * interchangeable.
   */
  threadMatters = false;
  origin: string | undefined;
  /** The result of the last access. */
  low = 0;
  high = 0;
  /** The access at which the last pass was aborted, as text; only of a pass with `sites`. */
  abortedAt = '';
  private readonly tree: ExecutionTrie;
  private readonly places: readonly Place[];
  private readonly fences: Fences;
  private operation: TreeOperation | null = null;
  private path: readonly number[] = [];
  private position = 0;
  private lastLow = 0;
  private lastHigh = 0;
  private continuation: Continuation | null = null;
  private abortAt = -1;
  private results: readonly AccessResult[] | null = null;
  private loops: LoopTracker | null = null;
  private sites: string[] | null = null;
  /** The kinds of the fences behind the last access that are no accesses. */
  private passed: number[] = [];
  private isAborted = false;
  private accessesAfterAbort = 0;
  /** The first access after the abort, as text. */
  private wentOnTo = '';
  /** The number of the first load of a `waitUntil` that loads again; -1: none does. */
  private repeated = -1;
  /** Accesses by call site, where they have a bound. */
  private readonly counts = new Map<string, number>();

  constructor(tree: ExecutionTrie, places: readonly Place[], fences: Fences) {
    super();
    this.tree = tree;
    this.places = places;
    this.fences = fences;
  }

  /**
   * The label of the operation that runs, or null. After a run that was ended from outside it
   * stays.
   */
  get running(): string | null {
    return this.operation?.label ?? null;
  }

  /** Accesses that the pass has made of those it knew. */
  get known(): number {
    return this.position;
  }

  get thread(): number {
    this.threadMatters = true;
    if (this.operation === null)
      throw new ContractViolation('outside the schedule', 'an operation used its memory after it had ended');
    return this.operation.thread;
  }

  /**
   * Runs `operation`. Returns what it returned, or a `ThrownValue`, or `SUSPENDED` where it was
   * aborted. Throws nothing.
   */
  run(operation: TreeOperation, pass: OperationPass): unknown {
    this.begin(operation, pass);
    try {
      const result = operation.run(this);
      if (result instanceof Promise) return new ThrownValue(asyncOperationViolation(operation, result));
      if (this.isAborted) return new ThrownValue(this.swallowed('returned'));
      if (this.position < this.path.length) return new ThrownValue(this.endedEarly());
      return result;
    } catch (error) {
      if (!this.isAborted || error instanceof ContractViolation) return new ThrownValue(error);
      if (error === SUSPENDED) return SUSPENDED;
      return new ThrownValue(this.swallowed('threw something else'));
    } finally {
      this.operation = null;
      watchLoops(null);
    }
  }

  private begin(operation: TreeOperation, pass: OperationPass): void {
    this.operation = operation;
    this.origin = undefined;
    this.path = pass.path;
    this.position = 0;
    this.lastLow = this.low = pass.low;
    this.lastHigh = this.high = pass.high;
    this.continuation = pass.continuation ?? null;
    this.abortAt = pass.abortAt ?? -1;
    this.results = pass.results ?? null;
    this.loops = pass.loops ?? null;
    this.sites = pass.sites ?? null;
    this.isAborted = false;
    this.accessesAfterAbort = 0;
    this.wentOnTo = '';
    this.repeated = -1;
    if (this.passed.length > 0) this.passed = [];
    this.counts.clear();
    watchLoops(this.loops);
  }

  protected access(kind: number, place: Place, operand: number | bigint, expected: number | bigint): number | bigint {
    const code = accessCode(kind, place.id);
    if (place.bits !== 64) {
      this.step(code, operand as number, 0, expected as number, 0);
      return this.low;
    }
    const value = BigInt(operand);
    const wanted = BigInt(expected);
    this.step(code, lowWord(value), highWord(value), lowWord(wanted), highWord(wanted));
    return isStore(kind) ? 0 : joinWords(this.low, this.high);
  }

  protected fenceStep(kind: number): void {
    if (this.fences === 'all' || (this.fences === 'mb' && kind === Kind.mb)) this.step(accessCode(kind, 0), 0, 0, 0, 0);
    else if (this.fences === 'mb' && this.position === this.path.length) this.passed.push(kind);
  }

  protected choiceStep(count: number): number {
    this.step(accessCode(Kind.choose, 0), count, 0, 0, 0);
    return this.low;
  }

  /** Notes that the fences that were passed since the last access come before `node`. */
  keepFences(node: number): void {
    if (this.passed.length === 0) return;
    this.tree.fences.set(node, this.passed);
    this.passed = [];
  }

  /**
   * Wait queues go by address: the first 32-bit cell at the address of `cell` stands for all of
   * them.
   */
  protected override queueOf(cell: Cell): Place {
    return this.places.find(({ kind, bits, offset }) => kind === 'cell' && bits === 32 && offset === cell.offset)!;
  }

  override waitUntil(cell: never, holds: never): never {
    const first = this.loops?.accesses ?? 0;
    const value = loadUntil(this, cell, holds, () => {
      this.repeated = first;
    });
    this.repeated = -1;
    return value as never;
  }

  /** Every access comes here: a known one, or a new one after the end of `path`. */
  private step(code: number, operand: number, operandHigh: number, expected: number, expectedHigh: number): void {
    if (this.operation === null)
      throw new ContractViolation(
        'outside the schedule',
        'an operation used its memory after it had ended, or that of another thread',
      );
    if (this.position === this.abortAt && !this.isAborted) {
      if (this.sites !== null) {
        this.sites.push(this.here());
        this.abortedAt = [code, operand, operandHigh, expected, expectedHigh].join();
      }
      this.isAborted = true;
      throw SUSPENDED;
    }
    if (this.loops !== null) this.countAccess(this.loops);
    if (this.isAborted) throw this.afterAbort(code);
    if (this.position < this.path.length) this.repeat(code, operand, operandHigh, expected, expectedHigh);
    else this.extend(code, operand, operandHigh, expected, expectedHigh);
  }

  private repeat(code: number, operand: number, operandHigh: number, expected: number, expectedHigh: number): void {
    const { path, tree } = this;
    const node = path[this.position++];
    if (this.sites !== null) this.sites.push(this.here());
    this.checkSame(node, code, operand, operandHigh, expected, expectedHigh);
    if (this.results !== null) {
      const { low, high } = this.results[this.position - 1];
      this.low = low;
      this.high = high;
      return;
    }
    const next = this.position < path.length ? path[this.position] : 0;
    this.low = next === 0 ? this.lastLow : tree.low[next];
    this.high = next === 0 ? this.lastHigh : tree.high[next];
  }

  private extend(code: number, operand: number, operandHigh: number, expected: number, expectedHigh: number): void {
    const { loops } = this;
    if (this.continuation === null) {
      const message = `${this.operation!.label} went on to ${this.describe(code)} when run again over the same results`;
      throw new ContractViolation('differs on the second pass', message);
    }
    const repeated = loops === null || loops.repeated >= 0 ? (loops?.repeated ?? -1) : this.repeated;
    const goesOn = this.continuation.take(code, operand, operandHigh, expected, expectedHigh, repeated);
    this.repeated = -1;
    if (loops !== null) loops.repeated = -1;
    if (goesOn) return;
    this.isAborted = true;
    throw SUSPENDED;
  }

  /**
   * What an access throws in an operation that was aborted. A `finally` may release what the
   * operation has taken; a `catch` that goes on is found out when the operation ends.
   */
  private afterAbort(code: number): unknown {
    if (this.accessesAfterAbort++ === 0) this.wentOnTo = this.describe(code);
    return this.accessesAfterAbort > AFTER_ABORT_MAX ? this.swallowed('') : SUSPENDED;
  }

  /** Loops without probes are bounded by how often one place in the code makes an access. */
  private countAccess(loops: LoopTracker): void {
    loops.accesses++;
    if (loops.iterationsMax === Infinity || loops.longest !== undefined) return;
    const place = this.here();
    const count = (this.counts.get(place) ?? 0) + 1;
    this.counts.set(place, count);
    if (count > loops.iterationsMax + 1) throw new BoundExceeded(siteLine(place) ?? 'a place that is not known');
  }

  /** Where the operation is: `origin` on the first line, if it has one, and the stack. */
  private here(): string {
    return `${this.origin ?? ''}\n${new Error().stack}`;
  }

  /** Throws `ContractViolation` where an access is not the one of `node`. */
  checkSame(
    node: number,
    code: number,
    operand: number,
    operandHigh: number,
    expected: number,
    expectedHigh: number,
  ): void {
    const { tree } = this;
    if (
      tree.code[node] === code &&
      tree.operand[node] === operand &&
      tree.operandHigh[node] === operandHigh &&
      tree.expected[node] === expected &&
      tree.expectedHigh[node] === expectedHigh
    )
      return;
    const before = `${this.describe(tree.code[node])}${operandText(tree.code[node], tree.operand[node])}`;
    const message = `step ${this.position} of ${this.operation!.label} was ${before}, run again over the same results it is ${this.describe(code)}${operandText(code, operand)}; an operation may depend on nothing but its arguments and what mem returned`;
    throw new ContractViolation('differs on the second pass', message);
  }

  private endedEarly(): ContractViolation {
    const code = this.tree.code[this.path[this.position]];
    return new ContractViolation(
      'differs on the second pass',
      `${this.operation!.label} did not come to ${this.describe(code)} again`,
    );
  }

  /**
   * The operation caught what was thrown through it; `and` says what it did then, where it made no
   * access.
   */
  private swallowed(and: string): ContractViolation {
    const then = this.wentOnTo === '' ? and : `went on to ${this.wentOnTo}`;
    return new ContractViolation('swallowed suspension', `${this.operation!.label} caught what mem threw, and ${then}`);
  }

  private describe(code: number): string {
    if (code < 0) return 'the end';
    const kind = kindOf(code);
    return isFence(kind) ? kindNames[kind] : `${kindNames[kind]} ${this.places[placeOf(code)].name}`;
  }
}

const operandText = (code: number, operand: number): string =>
  code >= 0 && isWrite(kindOf(code)) ? ` = ${operand}` : '';
