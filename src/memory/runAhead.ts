import type { Place } from './cell.ts';
import type { ExecutionTrie } from './executionTrie.ts';
import type { IdleIterations } from './idleIteration.ts';
import { isData, isFence, isRmw, isWait, isWrite, Kind, kindOf, placeOf, rmwResult } from './kinds.ts';
import { type MemoryImage, storeWord, wordAt } from './memoryImage.ts';
import type { Continuation, ReexecutionMemory } from './reexecutionMemory.ts';
import { highWord, lowWord, wideRmwResult } from './wideRmw.ts';

/** Accesses that an operation may run ahead. One that runs ahead further may be in a spin loop. */
export const AHEAD_MAX = 1000;
/** The clock is read at every 64th access: a power of two, less one. */
const CLOCK_MASK = 63;

/**
 * Runs an operation on beyond the results that it has seen, as if its thread ran alone. It adds
 * what the operation does to the trie: the likeliest next results are then known too. A journal
 * undoes its writes.
 */
export class RunAhead implements Continuation {
  /** The node of the operation's last access, or of the loop's head that it stands for; 0: none. */
  node = 0;
  /** The node of the first access after the known results; 0: the operation has not come to it. */
  firstNode = 0;
  /** Whether the time is over. */
  isLate: () => boolean = () => false;
  private readonly tree: ExecutionTrie;
  private readonly places: readonly Place[];
  private readonly image: MemoryImage;
  private readonly mem: ReexecutionMemory;
  private readonly idle: IdleIterations;
  private thread = 0;
  /** Accesses that the pass has made beyond those it knew. */
  accesses = 0;
  private accessesSinceClock = 0;
  /** By number of an access: its node. */
  private trail: number[] = [];
  /** Words that were overwritten, each followed by what it held. */
  private readonly journal: number[] = [];

  constructor(
    tree: ExecutionTrie,
    places: readonly Place[],
    image: MemoryImage,
    mem: ReexecutionMemory,
    idle: IdleIterations,
  ) {
    this.tree = tree;
    this.places = places;
    this.image = image;
    this.mem = mem;
    this.idle = idle;
  }

  /** Whether the operation was aborted because it had run ahead far enough. */
  get isExhausted(): boolean {
    return this.accesses > AHEAD_MAX;
  }

  /**
   * @param path the nodes of the known accesses of an operation of `thread`; they end with `node`.
   */
  begin(thread: number, node: number, path: readonly number[]): void {
    this.thread = thread;
    this.node = node;
    this.firstNode = 0;
    this.accesses = 0;
    this.trail = path.slice();
  }

  /**
   * Writes into memory the values that the operation has observed, the last being (low, high).
   * Under a weak model they can differ from the current ones. Whether the operation is in a spin
   * loop must depend on its own results alone.
   */
  loadObservedMemory(path: readonly number[], low: number, high: number): void {
    const { tree } = this;
    path.forEach((node, i) => {
      const code = tree.code[node];
      const kind = kindOf(code);
      if (!isData(kind) && !isWait(kind)) return;
      const place = this.places[placeOf(code)];
      const next = path[i + 1];
      const [seen, seenHigh] = next === undefined ? [low, high] : [tree.low[next], tree.high[next]];
      if (!isWrite(kind)) this.writeSpeculatively(place, seen, seenHigh);
      else if (isRmw(kind)) this.writeResult(place, kind, node, seen, seenHigh);
      else this.writeSpeculatively(place, tree.operand[node], tree.operandHigh[node]);
    });
  }

  /** Undoes everything that was written since `begin`. */
  restoreMemory(): void {
    const { journal } = this;
    for (let i = journal.length - 2; i >= 0; i -= 2) this.image.u32[journal[i]] = journal[i + 1];
    journal.length = 0;
  }

  take(
    code: number,
    operand: number,
    operandHigh: number,
    expected: number,
    expectedHigh: number,
    repeated: number,
  ): boolean {
    const { tree, mem } = this;
    if ((++this.accessesSinceClock & CLOCK_MASK) === 0 && this.isLate()) return false;
    let node = this.node === 0 ? 0 : tree.child(this.node, mem.low, mem.high);
    if (node === 0) node = this.addNode(code, operand, operandHigh, expected, expectedHigh, repeated);
    else mem.checkSame(node, code, operand, operandHigh, expected, expectedHigh);
    mem.keepFences(node);
    if (this.firstNode === 0) this.firstNode = node;
    this.node = node;
    this.trail.push(node);
    return tree.headOf(node) === node && this.perform(node, code);
  }

  /**
   * Adds an access to the trie; where the operation is in a state again, it closes an iteration of
   * a loop.
   */
  private addNode(
    code: number,
    operand: number,
    operandHigh: number,
    expected: number,
    expectedHigh: number,
    repeated: number,
  ): number {
    const { tree, node } = this;
    const { low, high } = this.mem;
    if (repeated < 0 || node === 0)
      return tree.add(node, low, high, code, operand, operandHigh, expected, expectedHigh);
    const head = tree.headOf(this.trail[repeated]);
    this.mem.checkSame(head, code, operand, operandHigh, expected, expectedHigh);
    const path = tree.path(node);
    return tree.close(head, node, low, high, this.idle.reads(path.slice(path.indexOf(head)), low, high));
  }

  /**
   * Performs an access. Returns false where the thread would have to wait, or has run ahead far
   * enough.
   */
  private perform(node: number, code: number): boolean {
    const { mem, tree } = this;
    const kind = kindOf(code);
    if (++this.accesses > AHEAD_MAX) return false;
    mem.low = 0;
    mem.high = 0;
    if (isFence(kind)) return true;
    const place = this.places[placeOf(code)];
    const word = place.offset >>> 2;
    const { u32 } = this.image;
    if (kind === Kind.resume || (kind === Kind.lock && u32[word] !== 0)) return false;
    // Alone, it wakes nobody, and its time-out is over.
    if (kind === Kind.wake || kind === Kind.wakeSome || kind === Kind.resumeFor) return true;
    const old = wordAt(this.image, place);
    const rmw = isRmw(kind);
    if (!isWrite(kind) || rmw) {
      mem.low = old;
      if (place.bits === 64) mem.high = u32[word + 1];
    }
    if (!isWrite(kind)) return true;
    if (kind === Kind.lock) this.writeSpeculatively(place, this.thread + 1);
    else if (kind === Kind.unlock) this.writeSpeculatively(place, 0);
    else if (rmw) this.writeResult(place, kind, node, old, mem.high);
    else this.writeSpeculatively(place, tree.operand[node], tree.operandHigh[node]);
    return true;
  }

  /** Writes what a read-modify-write of `node` makes of (low, high). */
  private writeResult(place: Place, kind: number, node: number, low: number, high: number): void {
    const { tree } = this;
    if (place.bits === 64) {
      const value = wideRmwResult(kind, low, high, tree, node);
      this.writeSpeculatively(place, lowWord(value), highWord(value));
    } else this.writeSpeculatively(place, rmwResult(kind, low, tree.expected[node], tree.operand[node], place.bits));
  }

  private writeSpeculatively(place: Place, low: number, high = 0): void {
    const word = place.offset >>> 2;
    const { u32 } = this.image;
    this.journal.push(word, u32[word]);
    if (place.bits !== 64) {
      storeWord(this.image, place, low);
      return;
    }
    this.journal.push(word + 1, u32[word + 1]);
    u32[word] = low;
    u32[word + 1] = high;
  }
}
