/**
 * HOT under `lkmm`. A relation on the numbers from 0 to n - 1, as a matrix of bits. Unlike that of
 * the litmus tests, it is changed in place, and its memory is used again: a search builds dozens
 * for each graph. Each method but `has` and the getters changes and returns this relation.
 */
export class EventRelation {
  size = 0;
  words = 0;
  bits = new Uint32Array(256);

  /** Becomes the empty relation on so many numbers. */
  clear(size: number): this {
    this.size = size;
    this.words = (size + 31) >>> 5;
    const length = size * this.words;
    if (length > this.bits.length) this.bits = new Uint32Array(2 * length);
    else this.bits.fill(0, 0, length);
    return this;
  }

  has(a: number, b: number): boolean {
    return ((this.bits[a * this.words + (b >>> 5)] >>> (b & 31)) & 1) !== 0;
  }

  add(a: number, b: number): this {
    this.bits[a * this.words + (b >>> 5)] |= 1 << (b & 31);
    return this;
  }

  /** Adds all pairs of `other`. */
  join(other: EventRelation): this {
    const { bits } = this;
    const length = this.size * this.words;
    for (let i = 0; i < length; i++) bits[i] |= other.bits[i];
    return this;
  }

  /** Keeps only the pairs that are in `other`. */
  meet(other: EventRelation): this {
    const { bits } = this;
    const length = this.size * this.words;
    for (let i = 0; i < length; i++) bits[i] &= other.bits[i];
    return this;
  }

  /** Removes all pairs of `other`. */
  without(other: EventRelation): this {
    const { bits } = this;
    const length = this.size * this.words;
    for (let i = 0; i < length; i++) bits[i] &= ~other.bits[i];
    return this;
  }

  /** Adds a pair (a, c) for each (a, b) in `first` and (b, c) in `second`, which are others. */
  joinSequence(first: EventRelation, second: EventRelation): this {
    const { size, words, bits } = this;
    const next = second.bits;
    for (let a = 0; a < size; a++)
      for (let w = 0; w < words; w++)
        for (let rest = first.bits[a * words + w]; rest !== 0; rest &= rest - 1) {
          const b = w * 32 + 31 - Math.clz32(rest & -rest);
          for (let v = 0; v < words; v++) bits[a * words + v] |= next[b * words + v];
        }
    return this;
  }

  /** Keeps the pairs (a, b) of which both are members: `members` has a bit for each number. */
  between(members: Uint32Array): this {
    return this.from(members).to(members);
  }

  /** Keeps the pairs (a, b) of which a is a member. */
  from(members: Uint32Array): this {
    const { size, words, bits } = this;
    for (let a = 0; a < size; a++)
      if (((members[a >>> 5] >>> (a & 31)) & 1) === 0) bits.fill(0, a * words, (a + 1) * words);
    return this;
  }

  /** Keeps the pairs (a, b) of which b is a member. */
  to(members: Uint32Array): this {
    const { size, words, bits } = this;
    for (let a = 0; a < size; a++) for (let w = 0; w < words; w++) bits[a * words + w] &= members[w];
    return this;
  }

  /** Adds what follows by transitivity. */
  close(): this {
    const { size, words, bits } = this;
    for (let via = 0; via < size; via++) {
      const row = via * words;
      // Most relations are sparse.
      if (this.isRowEmpty(row)) continue;
      const at = via >>> 5;
      const bit = 1 << (via & 31);
      for (let a = 0; a < size; a++)
        if ((bits[a * words + at] & bit) !== 0) for (let w = 0; w < words; w++) bits[a * words + w] |= bits[row + w];
    }
    return this;
  }

  private isRowEmpty(row: number): boolean {
    for (let w = 0; w < this.words; w++) if (this.bits[row + w] !== 0) return false;
    return true;
  }

  /** Adds all pairs (i, i). */
  reflect(): this {
    for (let i = 0; i < this.size; i++) this.add(i, i);
    return this;
  }

  /** Removes all pairs (i, i). */
  unreflect(): this {
    for (let i = 0; i < this.size; i++) this.bits[i * this.words + (i >>> 5)] &= ~(1 << (i & 31));
    return this;
  }

  get isEmpty(): boolean {
    const length = this.size * this.words;
    for (let i = 0; i < length; i++) if (this.bits[i] !== 0) return false;
    return true;
  }

  get isIrreflexive(): boolean {
    for (let i = 0; i < this.size; i++) if (this.has(i, i)) return false;
    return true;
  }
}

/** Relations that are used again for the next graph. */
export class RelationPool {
  size = 0;
  private readonly relations: EventRelation[] = [];
  private used = 0;

  /** All relations may be used again, on so many numbers. */
  restart(size: number): void {
    this.size = size;
    this.used = 0;
  }

  empty(): EventRelation {
    if (this.used === this.relations.length) this.relations.push(new EventRelation());
    return this.relations[this.used++].clear(this.size);
  }

  copy(of: EventRelation): EventRelation {
    return this.empty().join(of);
  }

  /** The composition of two relations. */
  sequence(first: EventRelation, second: EventRelation): EventRelation {
    return this.empty().joinSequence(first, second);
  }
}
