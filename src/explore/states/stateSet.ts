import { hashWords } from '../hash.ts';

/** Words of a block. */
export const BLOCK_BITS = 16;
export const BLOCK = 1 << BLOCK_BITS;
/** Before the words of a key: their number, and the number of the state. */
export const HEADER = 2;

/**
 * HOT. A set of states. A state's key is a row of 32-bit words; keys are compared in full, so that
 * two different states are never taken for one. Keys lie in blocks one after the other and are
 * never moved. Each slot of the hash table has two words: the hash of a key, and where the key
 * lies.
 */
export class StateSet {
  size = 0;
  /** The number of the state that `add` added or found; states are counted from 0. */
  number = -1;
  protected readonly blocks = [new Uint32Array(BLOCK)];
  /**
   * Words in use of the last block. The first word of all is not used, as 0 marks an empty slot.
   */
  private used = 1;
  private table = new Uint32Array(1 << 13);
  /** Bytes in use. */
  bytes = 4 * (BLOCK + this.table.length);

  /** Adds the first `length` words of `key`. Returns false if they were in the set already. */
  add(key: Uint32Array, length: number): boolean {
    const { table } = this;
    const hash = hashWords(key, length);
    const mask = table.length - 2;
    let slot = (hash << 1) & mask;
    for (let at = table[slot + 1]; at !== 0; at = table[slot + 1]) {
      if (table[slot] === hash && this.equals(at, key, length)) {
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

  private equals(at: number, key: Uint32Array, length: number): boolean {
    const words = this.blocks[at >>> BLOCK_BITS];
    const first = (at & (BLOCK - 1)) + HEADER;
    if (words[first - HEADER] !== length) return false;
    for (let i = 0; i < length; i++) if (words[first + i] !== key[i]) return false;
    return true;
  }

  /** Returns where the key lies: the number of its block, times `BLOCK`, plus its place in it. */
  protected append(key: Uint32Array, length: number): number {
    if (this.used + length + HEADER > BLOCK) {
      // A key that is longer than a block gets a block of its own size.
      const block = new Uint32Array(Math.max(BLOCK, length + HEADER));
      this.blocks.push(block);
      this.bytes += 4 * block.length;
      this.used = 0;
    }
    const block = this.blocks.length - 1;
    const words = this.blocks[block];
    const at = this.used;
    words[at] = length;
    words[at + 1] = this.size;
    for (let i = 0; i < length; i++) words[at + HEADER + i] = key[i];
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
    this.bytes += 4 * (wide.length - table.length);
  }
}
