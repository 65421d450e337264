import { grownCopy } from './grownCopy.ts';
import { isStore, kindOf } from './memory.ts';
import { copyOfResult, freezeResult } from './result.ts';

/** What stands in `LogTree.code` instead of an access where an operation goes no further. */
export const EndKind = {
  /** It returned, and the thread goes on to the next one. */
  returned: -1,
  /** It returned, and is to be performed again. */
  again: -2,
  /** It assumed what does not hold: its thread takes no further step. */
  assumed: -3,
  /** It threw. */
  threw: -4,
} as const;

/**
 * HOT: a step of the explorer is one `child` (`npm run bench`). What the operations of a program do, as far as anybody has seen them do it.
 *
 * A paused thread is its log: the results its operation has seen. The operation is a function of its log, so that what it does next is
 * written down here the first time and never asked for again. A node is a log. It says the next access: `code` (see `accessCode`), `operand` (what is
 * stored, added, or put in place of `expected`) and its upper word. Its children are the logs that are longer by one result, which is the loaded
 * or former value, or 0 where an access has none. A node with a negative code is a leaf (see `Leaf`): `ends[expected]` is what the operation returned or
 * threw, and `operand` the first log of the thread's next operation, once that is known.
 *
 * Node 0 is none. Rows of one array each, so that a step allocates nothing.
 */
export class ExecutionTrie {
  size = 1;
  /** How often it was cleared. */
  generation = 0;
  code = new Int32Array(1 << 10);
  operand = new Uint32Array(1 << 10);
  operandHigh = new Uint32Array(1 << 10);
  expected = new Uint32Array(1 << 10);
  /** The log that is shorter by one result, and that result. */
  parent = new Int32Array(1 << 10);
  low = new Uint32Array(1 << 10);
  high = new Uint32Array(1 << 10);
  /** The index of the operation among its thread's. */
  operation = new Int32Array(1 << 10);
  readonly ends: unknown[] = [];
  /** Those of `ends` that could be changed. */
  private readonly mutable = new Set<number>();
  /** The operation whose logs are being added. */
  adding = 0;
  /** By node that closes an idle iteration of a loop: the iteration. See `Spin`. */
  readonly spins = new Map<number, SpinLoop>();
  hasSpins = false;
  /** By node that closes an iteration that changes memory: the node at the head of the loop, which it stands for. */
  readonly retries = new Map<number, number>();
  hasRetries = false;
  /** Iterations that were closed because they look alike, not because the state is known. */
  readonly compared: ComparedLoop[] = [];
  /** Whether some of these were forgotten, so that they cannot be checked any more. */
  hasForgotten = false;
  /** The child that was asked for last: mostly it is asked for again. */
  private recent = new Int32Array(1 << 10);
  private table = new Int32Array(1 << 11);

  /** The log that is longer than `node` by the result (low, high), or 0 when nobody has seen what comes then. */
  child(node: number, low: number, high: number): number {
    const recent = this.recent[node];
    if (recent !== 0 && this.low[recent] === low && this.high[recent] === high) return recent;
    return this.find(node, low, high);
  }

  /** Adds the log (parent, low, high), after which `code` comes. A parent of 0 begins an operation. */
  add(
    parent: number,
    low: number,
    high: number,
    code: number,
    operand: number,
    operandHigh: number,
    expected: number,
  ): number {
    const node = this.size++;
    if (node === this.code.length) this.grow();
    this.code[node] = code;
    this.operand[node] = operand;
    this.operandHigh[node] = operandHigh;
    this.expected[node] = expected;
    this.operation[node] = this.adding;
    this.low[node] = low;
    this.high[node] = high;
    this.recent[node] = 0;
    if (parent !== 0) this.link(parent, node);
    return node;
  }

  /** Adds a leaf. `end` is what the operation returned or threw. */
  addLeaf(parent: number, low: number, high: number, code: number, end: unknown): number {
    if (code >= EndKind.again && freezeResult(end)) this.mutable.add(this.ends.length);
    return this.add(parent, low, high, code, 0, 0, this.ends.push(end) - 1);
  }

  /** Makes a leaf of a node that nobody has come to yet. */
  turn(node: number, code: number, end: unknown): void {
    this.code[node] = code;
    this.expected[node] = this.ends.push(end) - 1;
  }

  /** What the operation returned or threw. It cannot be changed, or is a copy. */
  end(leaf: number): unknown {
    const at = this.expected[leaf];
    return this.mutable.has(at) ? copyOfResult(this.ends[at]) : this.ends[at];
  }

  /**
   * Closes an iteration of a loop: after `tail` was answered with (low, high), the operation is in the state in which it was at `head`. Returns the
   * node that stands for that, which has the access and the children of `head`.
   *
   * @param idle what must be so for the iteration to change nothing; undefined: it changes memory.
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
    if (taken === 0) this.link(tail, node);
    else this.table[this.slot(this.headOf(tail), low, high)] = node;
    this.recent[tail] = node;
    // The logs that stand for `tail` may have been asked for what `node` replaces.
    for (const [closed, spin] of this.spins) if (spin.head === tail) this.recent[closed] = 0;
    return node;
  }

  /** The node that `node` stands for, where it closes an iteration of a loop: that at the loop's head. */
  headOf(node: number): number {
    return this.spins.get(node)?.head ?? this.retries.get(node) ?? node;
  }

  /** The logs from the operation's beginning to `node`. */
  path(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at !== 0; at = this.parent[at]) path.push(at);
    return path.reverse();
  }

  /** Forgets all logs: from here on the same numbers stand for others. */
  clear(): void {
    this.generation++;
    this.size = 1;
    this.ends.length = 0;
    this.mutable.clear();
    this.spins.clear();
    this.hasSpins = false;
    this.retries.clear();
    this.hasRetries = false;
    if (this.compared.length > 0) this.hasForgotten = true;
    this.compared.length = 0;
    this.table.fill(0);
  }

  /** Bytes in use, but for what operations returned. */
  get bytes(): number {
    return 4 * (10 * this.code.length + this.table.length);
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

  /** Where (parent, low, high) is in the table, or would be. */
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
    this.operation = grownCopy(this.operation, size);
    this.parent = grownCopy(this.parent, size);
    this.low = grownCopy(this.low, size);
    this.high = grownCopy(this.high, size);
    this.recent = grownCopy(this.recent, size);
  }
}

/** An iteration that was closed by comparison: the node that closes it, its last access, and where in the code its first access stands. */
export interface ComparedLoop {
  readonly closed: number;
  readonly tail: number;
  readonly place: string;
}

/** An iteration of a loop that changes nothing as long as it sees the same, after which the operation is where it was at `head`. */
export interface SpinLoop {
  readonly head: number;
  /** Its accesses, fences too. */
  readonly length: number;
  /** What its accesses saw, or store: as long as memory holds that, another iteration changes nothing. */
  readonly reads: readonly { readonly code: number; readonly low: number; readonly high: number }[];
  /** Whether it stores: then whether it has changed something is known of each execution alone. */
  readonly stores: boolean;
}
