/** Words of one block of rows. */
const BLOCK_BITS = 16;
const BLOCK = 1 << BLOCK_BITS;
/** Before the words of a row: how many there are, and the number of the state. */
const HEADER = 2;

/**
 * HOT. A set of states, each a row of 32-bit words, compared in full: no two states are ever taken for one. Rows lie one after the other
 * in blocks, and are never moved; the table holds by slot a hash and where its row begins.
 */
export class StateSet {
  size = 0;
  /** The number of the state that `add` has added or found: they are counted from 0, as they are added. */
  number = -1;
  private readonly blocks = [new Uint32Array(BLOCK)];
  /** Words in use of the last one. No row begins with the first word of all. */
  private used = 1;
  private table = new Uint32Array(1 << 13);

  /** Adds the first `length` words of `key`. Returns false when they were there already. */
  add(key: Uint32Array, length: number): boolean {
    const { table } = this;
    const hash = hashOf(key, length);
    const mask = table.length - 2;
    let slot = (hash << 1) & mask;
    for (let at = table[slot + 1]; at !== 0; at = table[slot + 1]) {
      if (table[slot] === hash && this.same(at, key, length)) {
        this.number = this.blocks[at >>> BLOCK_BITS][(at & (BLOCK - 1)) + 1];
        return false;
      }
      slot = (slot + 2) & mask;
    }
    table[slot] = hash;
    this.number = this.size;
    table[slot + 1] = this.append(key, length);
    if (++this.size * 4 > table.length) this.rehash();
    return true;
  }

  /** Bytes in use. */
  get bytes(): number {
    return 4 * BLOCK * this.blocks.length + this.table.byteLength;
  }

  private same(at: number, key: Uint32Array, length: number): boolean {
    const rows = this.blocks[at >>> BLOCK_BITS];
    const first = (at & (BLOCK - 1)) + HEADER;
    if (rows[first - HEADER] !== length) return false;
    for (let i = 0; i < length; i++) if (rows[first + i] !== key[i]) return false;
    return true;
  }

  private append(key: Uint32Array, length: number): number {
    if (this.used + length + HEADER > BLOCK) {
      // A row that is longer than a block has one of its own.
      this.blocks.push(new Uint32Array(Math.max(BLOCK, length + HEADER)));
      this.used = 0;
    }
    const block = this.blocks.length - 1;
    const rows = this.blocks[block];
    const at = this.used;
    rows[at] = length;
    rows[at + 1] = this.size;
    for (let i = 0; i < length; i++) rows[at + HEADER + i] = key[i];
    this.used += length + HEADER;
    return block * BLOCK + at;
  }

  private rehash(): void {
    const { table } = this;
    const wide = new Uint32Array(2 * table.length);
    const mask = wide.length - 2;
    for (let from = 0; from < table.length; from += 2) {
      if (table[from + 1] === 0) continue;
      let slot = (table[from] << 1) & mask;
      while (wide[slot + 1] !== 0) slot = (slot + 2) & mask;
      wide[slot] = table[from];
      wide[slot + 1] = table[from + 1];
    }
    this.table = wide;
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
