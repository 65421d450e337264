import { grownCopy } from './grownCopy.ts';
import { isStore, kindOf } from './kinds.ts';
import { copyOfResult, freezeUnlessMutable } from './result.ts';

/** Values of `ExecutionTrie.code` of a leaf: how the operation ended. */
export const EndKind = {
  /** It returned, and the thread continues with the next one. */
  returned: -1,
  /** It returned, and must be performed again. */
  again: -2,
  /** Its assumption is false: its thread takes no further step. */
  assumed: -3,
  /** It threw. */
  threw: -4,
} as const;

/**
 * HOT: a step of the explorer is one `child` (`npm run bench`). What the operations of a program do
 * after the results that they have seen.
 *
 * An operation is a function of the results of its accesses. A node stands for a sequence of
 * results, and contains the access that comes next. That is `code` (see `accessCode`), `operand`
 * (what is stored, added, or replaces `expected`) and its upper word. Each child stands for one
 * more result: the loaded or old value, or 0 where the access has none. A node with a negative code
 * is a leaf (see `EndKind`). `ends[expected]` is what the operation returned or threw. `operand` is
 * the first node of the thread's next operation, once that is known.
 *
 * Node 0 is none. Each field of a node is an array of its own, so that a step allocates nothing.
 */
export class ExecutionTrie {
  size = 1;
  /** How often it was cleared. */
  generation = 0;
  code = new Int32Array(1 << 10);
  operand = new Uint32Array(1 << 10);
  operandHigh = new Uint32Array(1 << 10);
  expected = new Uint32Array(1 << 10);
  expectedHigh = new Uint32Array(1 << 10);
  /** The node with one result less, and that result. */
  parent = new Int32Array(1 << 10);
  low = new Uint32Array(1 << 10);
  high = new Uint32Array(1 << 10);
  /** The index of the operation among those of its thread. */
  operation = new Int32Array(1 << 10);
  readonly ends: unknown[] = [];
  /** Indices of `ends` that code could change. */
  private readonly mutable = new Set<number>();
  /** The index of the operation whose nodes are added. */
  adding = 0;
  /** By node that closes an idle iteration of a loop: the iteration. */
  readonly spins = new Map<number, SpinLoop>();
  hasSpins = false;
  /** By node that closes an iteration that changes memory: the node at the head of the loop. */
  readonly retries = new Map<number, number>();
  hasRetries = false;
  /**
   * By node: the kinds of the fences that the operation has passed since the access before, where
   * these are no accesses.
   */
  readonly fences = new Map<number, readonly number[]>();
  /** Iterations that were closed because they look alike, not because their state is known. */
  readonly compared: ComparedLoop[] = [];
  /** Whether `clear` has removed some of these: they can no longer be checked. */
  hasForgotten = false;
  /** By node: the child that was asked for last. It is often asked for again. */
  private recent = new Int32Array(1 << 10);
  private table = new Int32Array(1 << 11);

  /** The child of `node` for the result (low, high), or 0 where it is not known yet. */
  child(node: number, low: number, high: number): number {
    const recent = this.recent[node];
    if (recent !== 0 && this.low[recent] === low && this.high[recent] === high) return recent;
    return this.find(node, low, high);
  }

  /** Whether the access of `node`, which compares, expects the value (low, high). */
  expects(node: number, low: number, high: number): boolean {
    return this.expected[node] === low && this.expectedHigh[node] === high;
  }

  /** Adds a child of `parent` for the result (low, high). A parent of 0 begins an operation. */
  add(
    parent: number,
    low: number,
    high: number,
    code: number,
    operand: number,
    operandHigh: number,
    expected: number,
    expectedHigh = 0,
  ): number {
    const node = this.size++;
    if (node === this.code.length) this.grow();
    this.code[node] = code;
    this.operand[node] = operand;
    this.operandHigh[node] = operandHigh;
    this.expected[node] = expected;
    this.expectedHigh[node] = expectedHigh;
    this.operation[node] = this.adding;
    this.low[node] = low;
    this.high[node] = high;
    this.recent[node] = 0;
    if (parent !== 0) this.link(parent, node);
    return node;
  }

  /** Adds a leaf. `end` is what the operation returned or threw. */
  addLeaf(parent: number, low: number, high: number, code: number, end: unknown): number {
    if (code >= EndKind.again && !freezeUnlessMutable(end)) this.mutable.add(this.ends.length);
    return this.add(parent, low, high, code, 0, 0, this.ends.push(end) - 1);
  }

  /** Makes a node without children a leaf. */
  makeLeaf(node: number, code: number, end: unknown): void {
    this.code[node] = code;
    this.expected[node] = this.ends.push(end) - 1;
  }

  /** What the operation returned or threw: frozen, or a copy. */
  end(leaf: number): unknown {
    const at = this.expected[leaf];
    return this.mutable.has(at) ? copyOfResult(this.ends[at]) : this.ends[at];
  }

  /**
   * Closes an iteration of a loop: after `tail` and its result (low, high), the operation is in the
   * state that it had at `head`. Returns a node that has the access and the children of `head`.
   *
   * @param idle what memory must hold for the iteration to change nothing; undefined: it changes
   * memory.
   */
  close(head: number, tail: number, low: number, high: number, idle: SpinLoop['reads'] | undefined): number {
    const node = this.add(
      0,
      low,
      high,
      this.code[head],
      this.operand[head],
      this.operandHigh[head],
      this.expected[head],
      this.expectedHigh[head],
    );
    this.parent[node] = tail;
    if (idle === undefined) {
      this.retries.set(node, head);
      this.hasRetries = true;
    } else {
      const path = this.path(tail);
      const stores = idle.some(({ code }) => isStore(kindOf(code)));
      this.spins.set(node, { head, length: path.length - path.indexOf(head), reads: idle, stores });
      this.hasSpins = true;
    }
    const taken = this.find(tail, low, high);
    const passed = this.fences.get(taken);
    if (passed !== undefined) this.fences.set(node, passed);
    if (taken === 0) this.link(tail, node);
    else this.table[this.slot(this.headOf(tail), low, high)] = node;
    this.recent[tail] = node;
    // Nodes that stand for `tail` may remember the child that `node` replaces.
    for (const [closed, spin] of this.spins) if (spin.head === tail) this.recent[closed] = 0;
    return node;
  }

  /** The head of the loop where `node` closes an iteration of one; else `node`. */
  headOf(node: number): number {
    return this.spins.get(node)?.head ?? this.retries.get(node) ?? node;
  }

  /** The nodes from the operation's first access to `node`. */
  path(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at !== 0; at = this.parent[at]) path.push(at);
    return path.reverse();
  }

  /** Removes all nodes: from here on the same numbers stand for others. */
  clear(): void {
    this.generation++;
    this.size = 1;
    this.ends.length = 0;
    this.mutable.clear();
    this.spins.clear();
    this.hasSpins = false;
    this.retries.clear();
    this.hasRetries = false;
    this.fences.clear();
    if (this.compared.length > 0) this.hasForgotten = true;
    this.compared.length = 0;
    this.table.fill(0);
  }

  /** Bytes in use, without what operations returned. */
  get bytes(): number {
    return 4 * (11 * this.code.length + this.table.length);
  }

  private link(parent: number, node: number): void {
    const from = this.headOf(parent);
    this.parent[node] = from;
    this.table[this.slot(from, this.low[node], this.high[node])] = node;
    this.recent[parent] = node;
    if (this.size * 2 > this.table.length) this.rehash();
  }

  private find(node: number, low: number, high: number): number {
    const found = this.table[this.slot(this.hasSpins ? this.headOf(node) : node, low, high)];
    if (found !== 0) this.recent[node] = found;
    return found;
  }

  /** The index of (parent, low, high) in the table, or the free index where it belongs. */
  private slot(parent: number, low: number, high: number): number {
    const mask = this.table.length - 1;
    let h = Math.imul(parent ^ Math.imul(low ^ (high << 7), 0x9e3779b1), 0x85ebca6b);
    h ^= h >>> 15;
    for (let at = h & mask; ; at = (at + 1) & mask) {
      const node = this.table[at];
      if (node === 0 || (this.low[node] === low && this.high[node] === high && this.parent[node] === parent)) return at;
    }
  }

  private rehash(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2);
    for (const node of old) {
      if (node !== 0) this.table[this.slot(this.parent[node], this.low[node], this.high[node])] = node;
    }
  }

  private grow(): void {
    const size = this.code.length * 2;
    this.code = grownCopy(this.code, size);
    this.operand = grownCopy(this.operand, size);
    this.operandHigh = grownCopy(this.operandHigh, size);
    this.expected = grownCopy(this.expected, size);
    this.expectedHigh = grownCopy(this.expectedHigh, size);
    this.operation = grownCopy(this.operation, size);
    this.parent = grownCopy(this.parent, size);
    this.low = grownCopy(this.low, size);
    this.high = grownCopy(this.high, size);
    this.recent = grownCopy(this.recent, size);
  }
}

/**
 * An iteration that was closed by comparison: the node that closes it, its last node, and the place
 * of its first access in the code.
 */
export interface ComparedLoop {
  readonly closed: number;
  readonly tail: number;
  readonly place: string;
}

/**
 * An iteration of a loop that changes nothing while it loads the same values. It begins at `head`.
 */
export interface SpinLoop {
  readonly head: number;
  /** The number of its accesses, with fences. */
  readonly length: number;
  /**
   * What its accesses loaded or store: while memory holds that, another iteration changes nothing.
   */
  readonly reads: readonly { readonly code: number; readonly low: number; readonly high: number }[];
  /** Whether it stores: then each execution must tell whether it changed something. */
  readonly stores: boolean;
}
