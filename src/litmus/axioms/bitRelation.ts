/** A relation on the numbers from 0 to n - 1, as a matrix of bits. No method changes it. */
export class BitRelation {
  readonly size: number;
  private readonly words: number;
  private readonly bits: Uint32Array;

  private constructor(size: number, bits?: Uint32Array) {
    this.size = size;
    this.words = (size + 31) >>> 5;
    this.bits = bits ?? new Uint32Array(size * this.words);
  }

  /** All pairs for which `holds`. */
  static where(size: number, holds: (a: number, b: number) => boolean): BitRelation {
    const result = new BitRelation(size);
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) if (holds(a, b)) result.add(a, b);
    return result;
  }

  /** The pairs (i, i) of the members of a set, which is the identity relation of it. */
  static identityOf(size: number, isMember: (i: number) => boolean): BitRelation {
    const result = new BitRelation(size);
    for (let i = 0; i < size; i++) if (isMember(i)) result.add(i, i);
    return result;
  }

  static ofPairs(size: number, pairs: Iterable<readonly [number, number]>): BitRelation {
    const result = new BitRelation(size);
    for (const [a, b] of pairs) result.add(a, b);
    return result;
  }

  has(a: number, b: number): boolean {
    return ((this.bits[a * this.words + (b >>> 5)] >>> (b & 31)) & 1) === 1;
  }

  or(...others: readonly BitRelation[]): BitRelation {
    return this.combine(others, (a, b) => a | b);
  }

  and(...others: readonly BitRelation[]): BitRelation {
    return this.combine(others, (a, b) => a & b);
  }

  without(...others: readonly BitRelation[]): BitRelation {
    return this.combine(others, (a, b) => a & ~b);
  }

  /** Composition: a pair (a, c) for each (a, b) here and (b, c) in the next one, and so on. */
  compose(...next: readonly BitRelation[]): BitRelation {
    return next.reduce((all: BitRelation, one) => all.composedWith(one), this);
  }

  inverse(): BitRelation {
    return BitRelation.where(this.size, (a, b) => this.has(b, a));
  }

  /** With all pairs (i, i). */
  optional(): BitRelation {
    const result = new BitRelation(this.size, this.bits.slice());
    for (let i = 0; i < this.size; i++) result.add(i, i);
    return result;
  }

  transitive(): BitRelation {
    const { size, words } = this;
    const result = new BitRelation(size, this.bits.slice());
    for (let via = 0; via < size; via++)
      for (let a = 0; a < size; a++)
        if (result.has(a, via))
          for (let w = 0; w < words; w++) result.bits[a * words + w] |= result.bits[via * words + w];
    return result;
  }

  /** The reflexive and transitive closure. */
  star(): BitRelation {
    return this.transitive().optional();
  }

  get isEmpty(): boolean {
    return this.bits.every((word) => word === 0);
  }

  get isIrreflexive(): boolean {
    for (let i = 0; i < this.size; i++) if (this.has(i, i)) return false;
    return true;
  }

  get isAcyclic(): boolean {
    return this.transitive().isIrreflexive;
  }

  equals(other: BitRelation): boolean {
    return this.bits.every((word, i) => word === other.bits[i]);
  }

  private add(a: number, b: number): void {
    this.bits[a * this.words + (b >>> 5)] |= 1 << (b & 31);
  }

  private composedWith(other: BitRelation): BitRelation {
    const { size, words } = this;
    const result = new BitRelation(size);
    for (let a = 0; a < size; a++)
      for (let from = 0; from < words; from++)
        for (let rest = this.bits[a * words + from]; rest !== 0; rest &= rest - 1) {
          const b = from * 32 + 31 - Math.clz32(rest & -rest);
          for (let w = 0; w < words; w++) result.bits[a * words + w] |= other.bits[b * words + w];
        }
    return result;
  }

  private combine(others: readonly BitRelation[], how: (a: number, b: number) => number): BitRelation {
    const bits = this.bits.slice();
    for (const other of others) for (let i = 0; i < bits.length; i++) bits[i] = how(bits[i], other.bits[i]);
    return new BitRelation(this.size, bits);
  }
}
