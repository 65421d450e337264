/**
 * HOT under `lkmm`. A relation on the numbers from 0 to n - 1, as a matrix of bits. Unlike that of
 * the litmus tests, it is changed in place, and its memory is used again: a search builds dozens
 * for each graph. Each method but `has` and `close` changes and returns this relation.
 */
export class EventRelation {
  size = 0;
  words = 0;
  bits = new Uint32Array(256);
  /** Of `close`: the numbers whose rows are complete, and those whose rows are begun. */
  private closed = new Uint32Array(4);
  private open = new Uint32Array(4);

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

  /** Adds all pairs (a, b) with `from` <= b < `to`. */
  addRange(a: number, from: number, to: number): this {
    for (let w = from >>> 5; 32 * w < to; w++) {
      let mask = -1;
      if (32 * w < from) mask &= -1 << (from & 31);
      if (32 * w + 32 > to) mask &= (1 << (to & 31)) - 1;
      this.bits[a * this.words + w] |= mask;
    }
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

  /**
   * Adds what follows by transitivity. Returns false if there is a cycle, also of one number: then
   * only some pairs are added.
   */
  close(): boolean {
    const { size, words } = this;
    if (words > this.closed.length) {
      this.closed = new Uint32Array(2 * words);
      this.open = new Uint32Array(2 * words);
    }
    this.closed.fill(0);
    this.open.fill(0);
    // From the last one, as most pairs are of a lower and a higher number.
    for (let a = size - 1; a >= 0; a--)
      if (((this.closed[a >>> 5] >>> (a & 31)) & 1) === 0 && !this.closeRow(a)) return false;
    return true;
  }

  /** Completes the row of a number, and first those of the numbers in it. */
  private closeRow(a: number): boolean {
    const { words, bits, closed, open } = this;
    const row = a * words;
    open[a >>> 5] |= 1 << (a & 31);
    for (let w = words - 1; w >= 0; w--)
      for (let rest = bits[row + w] & ~closed[w]; rest !== 0; rest = bits[row + w] & ~closed[w]) {
        if ((rest & open[w]) !== 0 || !this.closeRow(32 * w + 31 - Math.clz32(rest))) return false;
      }
    for (let w = 0; w < words; w++)
      for (let rest = bits[row + w]; rest !== 0; ) {
        const via = (32 * w + 31 - Math.clz32(rest & -rest)) * words;
        // What comes after `via` has been added with it.
        rest &= (rest - 1) & ~bits[via + w];
        for (let v = 0; v < words; v++) bits[row + v] |= bits[via + v];
      }
    closed[a >>> 5] |= 1 << (a & 31);
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
