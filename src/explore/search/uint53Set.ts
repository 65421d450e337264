/**
 * HOT. A set of hashes from 0 to 2^53 - 1, by open addressing; the low bits of a hash give its
 * slot.
 */
export class Uint53Set {
  size = 0;
  /** 0 marks an empty slot, so it is kept apart. */
  private hasZero = false;
  private table = new Float64Array(1 << 8);

  clear(): void {
    this.size = 0;
    this.hasZero = false;
    this.table.fill(0);
  }

  /** Adds a number. Returns false if it was in the set already. */
  add(value: number): boolean {
    if (value === 0) {
      if (this.hasZero) return false;
      this.hasZero = true;
      this.size++;
      return true;
    }
    const at = this.slotOf(value);
    if (this.table[at] === value) return false;
    this.table[at] = value;
    if (++this.size * 2 > this.table.length) this.grow();
    return true;
  }

  has(value: number): boolean {
    return value === 0 ? this.hasZero : this.table[this.slotOf(value)] === value;
  }

  /** All members, in no order. */
  values(): number[] {
    const values = Array.from(this.table.filter((value) => value !== 0));
    return this.hasZero ? [0, ...values] : values;
  }

  private slotOf(value: number): number {
    const { table } = this;
    const mask = table.length - 1;
    let at = (value | 0) & mask;
    while (table[at] !== 0 && table[at] !== value) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Float64Array(old.length * 2);
    for (const value of old) if (value !== 0) this.table[this.slotOf(value)] = value;
  }
}
