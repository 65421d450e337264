import { wider } from '../memory/wider.ts';

/**
 * HOT. A set of states, each a row of 32-bit words, compared in full: no two states are ever taken for one. Rows lie one after the other
 * in one array; the table holds where each begins.
 */
export class StateSet {
  size = 0;
  private rows = new Uint32Array(1 << 16);
  private end = 1;
  private table = new Uint32Array(1 << 12);

  /** Adds the first `length` words of `key`. Returns false when they were there already. */
  add(key: Uint32Array, length: number): boolean {
    const hash = hashOf(key, length);
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (let at = this.table[slot]; at !== 0; at = this.table[slot]) {
      if (this.rows[at] === hash && this.same(at, key, length)) return false;
      slot = (slot + 1) & mask;
    }
    this.table[slot] = this.append(hash, key, length);
    if (++this.size * 2 > this.table.length) this.rehash();
    return true;
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.rows.byteLength + this.table.byteLength;
  }

  private same(at: number, key: Uint32Array, length: number): boolean {
    const { rows } = this;
    if (rows[at + 1] !== length) return false;
    for (let i = 0; i < length; i++) if (rows[at + 2 + i] !== key[i]) return false;
    return true;
  }

  private append(hash: number, key: Uint32Array, length: number): number {
    const at = this.end;
    this.end += length + 2;
    if (this.end > this.rows.length) {
      this.rows = wider(this.rows, Math.max(this.rows.length * 2, this.end));
    }
    this.rows[at] = hash;
    this.rows[at + 1] = length;
    for (let i = 0; i < length; i++) this.rows[at + 2 + i] = key[i];
    return at;
  }

  private rehash(): void {
    const table = new Uint32Array(this.table.length * 2);
    const mask = table.length - 1;
    for (let at = 1; at < this.end; at += this.rows[at + 1] + 2) {
      let slot = this.rows[at] & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = at;
    }
    this.table = table;
  }
}

function hashOf(key: Uint32Array, length: number): number {
  let h = length;
  for (let i = 0; i < length; i++) {
    h = Math.imul(h ^ key[i], 0x9e3779b1);
    h ^= h >>> 15;
  }
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b);
  return (h ^ (h >>> 16)) >>> 0;
}
