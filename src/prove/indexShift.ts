import type { Execution } from '../explore/execution/execution.ts';
import * as kinds from '../memory/kinds.ts';
import { storeWord, wordAt } from '../memory/memoryImage.ts';
import type { IndexRing } from '../vm/trackerDescriptor.ts';

const { isData, Kind, kindOf, placeOf } = kinds;

/** No place: see `ringOf`. */
const NONE = -1;

/** Why the code does not treat shifted indices alike. */
export class NotShiftable extends Error {}

/**
 * Free-running indices are masked only where an entry is addressed. So adding the size of a ring to
 * all of its indices changes nothing, and states that differ by such a shift are one state. The
 * representative is the state whose `consumed` index is below the size.
 *
 * A thread inside an operation is the log of what the operation has read. `rebase` replaces it by
 * the shifted log, and `check` requires of every log that the operation does the same after the
 * shifted one: the same accesses, where stores to an index are shifted too.
 */
export class IndexShift {
  private readonly execution: Execution;
  private readonly rings: readonly IndexRing[];
  /** By place: the ring that it is an index of, or NONE. */
  private readonly ringOf: Int8Array;
  /** By place: whether it is no index, and has bytes of one. */
  private readonly isPartOfIndex: Uint8Array;
  /** By shift of all rings, as text: by trie node, the node of the shifted log. */
  private readonly shifted = new Map<string, Map<number, number>>();

  constructor(execution: Execution, rings: readonly IndexRing[]) {
    this.execution = execution;
    this.rings = rings;
    this.ringOf = new Int8Array(execution.places.length).fill(NONE);
    for (const [ring, { indices }] of rings.entries()) for (const { id } of indices) this.ringOf[id] = ring;
    const indices = rings.flatMap((ring) => ring.indices);
    this.isPartOfIndex = Uint8Array.from(execution.places, ({ id, offset, bits }) =>
      this.ringOf[id] === NONE &&
      indices.some((index) => index.offset < offset + bits / 8 && offset < index.offset + index.bits / 8)
        ? 1
        : 0,
    );
  }

  /**
   * Replaces the current state of the execution by its representative. Returns whether that is
   * another state.
   *
   * @throws NotShiftable where an operation does something else after the shifted log
   */
  rebase(): boolean {
    const { execution, rings } = this;
    let by: number[] | undefined;
    for (const [ring, { consumed, size }] of rings.entries()) {
      const above = wordAt(execution.bytes, consumed) & -size;
      if (above === 0) continue;
      by ??= rings.map(() => 0);
      by[ring] = -above;
    }
    if (by === undefined) return false;
    for (const [ring, { indices }] of rings.entries())
      for (const cell of indices)
        if (by[ring] !== 0)
          storeWord(execution.bytes, cell, wrapped(wordAt(execution.bytes, cell) + by[ring], cell.bits));
    for (let thread = 0; thread < execution.node.length; thread++)
      if (execution.node[thread] !== 0) execution.node[thread] = this.shiftedNode(thread, execution.node[thread], by);
    return true;
  }

  /**
   * Requires that every log of an operation that the search has met can be shifted: by one size, to
   * the sign bit and beyond it, and across the end of the width.
   *
   * @param met by trie node: whether the search has met its log
   * @returns how many logs, and by how many shifts
   */
  check(met: Uint8Array): { readonly logs: number; readonly shifts: number } {
    const { tree } = this.execution;
    const last = Math.min(tree.size, met.length);
    const threads = this.threadsOf(last);
    let logs = 0;
    const shifts = this.rings.flatMap(({ size, consumed: { bits } }, ring) => {
      const half = 2 ** (bits - 1);
      return [size, 2 * size, half - size, half, 2 * half - 2 * size, 2 * half - size].map((by) =>
        this.rings.map((_, other) => (other === ring ? by : 0)),
      );
    });
    for (let node = 1; node < last; node++) {
      if (met[node] === 0 || threads[node] === NONE) continue;
      logs++;
      for (const by of shifts) this.shiftedNode(threads[node], node, by);
    }
    return { logs, shifts: shifts.length };
  }

  /** By trie node: the thread whose operation it belongs to, or NONE. */
  private threadsOf(last: number): Int32Array {
    const { tree, threads: actors, program } = this.execution;
    const { parent } = tree;
    const threads = new Int32Array(last).fill(NONE);
    for (const [thread, { operations }] of program.actors.entries())
      for (const index of operations.keys()) {
        const root = actors.code.knownRoot(thread, index);
        if (root !== undefined) threads[root] = thread;
      }
    for (let node = 1; node < last; node++)
      if (threads[node] === NONE && parent[node] !== 0) threads[node] = threads[parent[node]];
    return threads;
  }

  /** The node of the log of `node` in which all indices are shifted by `by`. */
  private shiftedNode(thread: number, node: number, by: readonly number[]): number {
    const key = by.join();
    const known = this.shifted.get(key) ?? new Map<number, number>();
    this.shifted.set(key, known);
    return this.shiftLog(thread, node, by, known);
  }

  private shiftLog(thread: number, node: number, by: readonly number[], known: Map<number, number>): number {
    const { tree, threads } = this.execution;
    const found = known.get(node);
    if (found !== undefined) return found;
    if (tree.headOf(node) !== node) throw new NotShiftable('an operation has a loop without end');
    const before = tree.parent[node];
    let shifted = node;
    if (before !== 0) {
      const from = this.shiftLog(thread, before, by, known);
      const low = this.shiftedResult(tree.code[before], tree.low[node], by);
      shifted = tree.child(from, low, tree.high[node]);
      if (shifted === 0) shifted = threads.code.addNext(thread, tree.operation[node], from, low, tree.high[node]);
    }
    this.requireSame(thread, node, shifted, by);
    known.set(node, shifted);
    return shifted;
  }

  /** What an access returns in a shifted state. */
  private shiftedResult(code: number, low: number, by: readonly number[]): number {
    return this.isIndex(code) && kinds.isLoad(kindOf(code)) ? this.shiftValue(code, low, by) : low;
  }

  private isIndex(code: number): boolean {
    return code >= 0 && isData(kindOf(code)) && kindOf(code) !== Kind.choose && this.ringOf[placeOf(code)] !== NONE;
  }

  private shiftValue(code: number, value: number, by: readonly number[]): number {
    const place = placeOf(code);
    return wrapped(value + by[this.ringOf[place]], this.execution.places[place].bits);
  }

  /** Requires that the access at `shifted` is the one at `node`, with shifted indices. */
  private requireSame(thread: number, node: number, shifted: number, by: readonly number[]): void {
    const { tree, threads, places } = this.execution;
    const code = tree.code[node];
    const isIndex = this.isIndex(code);
    if (code >= 0 && isData(kindOf(code)) && this.isPartOfIndex[placeOf(code)] !== 0)
      throw new NotShiftable(`${places[placeOf(code)].name} overlaps an index`);
    if (isIndex && kinds.isRmw(kindOf(code)))
      throw new NotShiftable(`${places[placeOf(code)].name} is changed by a read-modify-write`);
    const operand =
      isIndex && kinds.isStore(kindOf(code)) ? this.shiftValue(code, tree.operand[node], by) : tree.operand[node];
    const same =
      tree.code[shifted] === code &&
      (code < 0 ||
        (tree.operand[shifted] === operand &&
          tree.operandHigh[shifted] === tree.operandHigh[node] &&
          tree.expected[shifted] === tree.expected[node]));
    if (same) return;
    const label = threads.code.label(thread, tree.operation[node]);
    throw new NotShiftable(`${label} does something else when the indices are ${by.join(' and ')} higher`);
  }
}

const wrapped = (value: number, bits: number): number => (bits === 32 ? value >>> 0 : value & (2 ** bits - 1));
