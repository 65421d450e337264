import type { Place } from '../../memory/cell.ts';
import type { MemoryImage } from '../../memory/memoryImage.ts';
import type { ByteRanges } from './byteRanges.ts';

/**
 * The stores of an execution, by atom in coherence order, and memory as the last of each leaves it. The initial value of atom a is store a. A step that
 * writes adds one store an atom; stores leave in the opposite order.
 */
export class CoherenceOrder {
  /** By store: its atom, the step that made it (-1: initial), its value in two words, its place in the coherence order. */
  readonly atom: number[] = [];
  readonly step: number[] = [];
  readonly low: number[] = [];
  readonly high: number[] = [];
  readonly rank: number[] = [];
  /** Whether a read-modify-write made it: nothing may come between it and the one before. */
  readonly update: boolean[] = [];
  /** By atom: its stores in coherence order; the one that was added last. By store: the one that this was before it. */
  readonly order: number[][] = [];
  readonly newest: number[] = [];
  private readonly newestBefore: number[] = [];
  private readonly shown: number[] = [];
  private readonly atoms: ByteRanges;
  private readonly bytes: MemoryImage;

  constructor(atoms: ByteRanges, bytes: MemoryImage) {
    this.atoms = atoms;
    this.bytes = bytes;
    for (let a = 0; a < atoms.count; a++) {
      this.add(a, -1, this.word(a), atoms.bytes[a] === 8 ? bytes.u32[(atoms.offset[a] >>> 2) + 1] : 0, false);
      this.order.push([a]);
    }
  }

  get count(): number {
    return this.atom.length;
  }

  /** Adds a store that is in no order yet. */
  add(atom: number, step: number, low: number, high: number, update: boolean): number {
    this.step.push(step);
    this.low.push(low);
    this.high.push(high);
    this.rank.push(0);
    this.update.push(update);
    const store = this.atom.push(atom) - 1;
    this.newestBefore.push(this.newest[atom] ?? store);
    this.newest[atom] = store;
    return store;
  }

  /** Puts a store right after `after` in the coherence order. Returns whether memory has another value then. */
  place(store: number, after: number): boolean {
    const { rank } = this;
    const order = this.order[this.atom[store]];
    const at = rank[after] + 1;
    order.push(store);
    for (let i = order.length - 1; i > at; i--) {
      order[i] = order[i - 1];
      rank[order[i]] = i;
    }
    order[at] = store;
    rank[store] = at;
    if (at !== order.length - 1) return false;
    this.write(store);
    return this.low[store] !== this.low[after] || this.high[store] !== this.high[after];
  }

  /** Takes a store out of the coherence order. */
  unplace(store: number): void {
    const { rank } = this;
    const order = this.order[this.atom[store]];
    const at = rank[store];
    for (let i = at; i + 1 < order.length; i++) {
      order[i] = order[i + 1];
      rank[order[i]] = i;
    }
    order.pop();
    if (at === order.length) this.write(order[at - 1]);
  }

  /** Forgets the store that was added last, which is in no order. */
  drop(): void {
    this.step.pop();
    this.low.pop();
    this.high.pop();
    this.rank.pop();
    this.update.pop();
    this.newest[this.atom.pop()!] = this.newestBefore.pop()!;
  }

  /** Makes memory as `store` left it, for those who look at other orders of the same steps; and which store it shows. */
  show(store: number): void {
    this.shown[this.atom[store]] = store;
    this.write(store);
  }
  showInitial(): void {
    for (let a = 0; a < this.order.length; a++) this.shown[a] = a;
  }
  top(atom: number): number {
    return this.shown[atom];
  }

  /** The last store of an atom. */
  last(atom: number): number {
    return this.order[atom][this.order[atom].length - 1];
  }

  /** The value that a place has where its atoms have those of `from`, as two words. */
  value(place: Place, from: readonly number[]): readonly [number, number] {
    let low = 0;
    let high = 0;
    for (let i = 0; i < from.length; i++) {
      const store = from[i];
      const shift = (this.atoms.offset[this.atom[store]] - place.offset) * 8;
      if (shift >= 32) high |= this.low[store] << (shift - 32);
      else low |= this.low[store] << shift;
      if (this.atoms.bytes[this.atom[store]] === 8) high = this.high[store];
    }
    return [low >>> 0, high >>> 0];
  }

  /** What of a value that is stored to `place` goes into `atom`, as two words. */
  part(place: Place, atom: number, low: number, high: number): readonly [number, number] {
    const bytes = this.atoms.bytes[atom];
    if (bytes === 8) return [low, high];
    const shift = (this.atoms.offset[atom] - place.offset) * 8;
    const word = shift >= 32 ? high >>> (shift - 32) : low >>> shift;
    return [bytes === 4 ? word : word & ((1 << (8 * bytes)) - 1), 0];
  }

  /** The value of an atom in memory; of one of 8 bytes, the lower word. */
  private word(atom: number): number {
    const { offset, bytes } = this.atoms;
    const word = this.bytes.u32[offset[atom] >>> 2] >>> ((offset[atom] & 3) * 8);
    return bytes[atom] >= 4 ? word : word & ((1 << (8 * bytes[atom])) - 1);
  }

  private write(store: number): void {
    const { u32 } = this.bytes;
    const atom = this.atom[store];
    const at = this.atoms.offset[atom];
    const bytes = this.atoms.bytes[atom];
    const word = at >>> 2;
    if (bytes >= 4) u32[word] = this.low[store];
    if (bytes === 8) u32[word + 1] = this.high[store];
    if (bytes >= 4) return;
    const shift = (at & 3) * 8;
    const mask = ((1 << (8 * bytes)) - 1) << shift;
    u32[word] = (u32[word] & ~mask) | (this.low[store] << shift);
  }
}
