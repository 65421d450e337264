import { BLOCK, BLOCK_BITS, HEADER, StateSet } from '../explore/states/stateSet.ts';
import { grownCopy } from '../memory/grownCopy.ts';

/**
 * HOT. A set of states that can be read back by their numbers. Keys are those of `VarintBuffer`.
 */
export class StateStore extends StateSet {
  /** By state: where its key lies. */
  private places = new Uint32Array(1024);
  /** By block: its bytes. */
  private readonly bytesOf: Uint8Array[] = [];

  protected override append(key: Uint32Array, length: number): number {
    const at = super.append(key, length);
    if (this.size >= this.places.length) {
      this.places = grownCopy(this.places, 2 * this.size);
      this.bytes += 2 * this.size;
    }
    this.places[this.size] = at;
    return at;
  }

  /** Reads the numbers of a state's key into `rows`, one after the other. */
  read(state: number, ...rows: readonly (Uint32Array | Int32Array)[]): void {
    const at = this.places[state];
    const block = at >>> BLOCK_BITS;
    this.bytesOf[block] ??= new Uint8Array(this.blocks[block].buffer);
    const bytes = this.bytesOf[block];
    let from = ((at & (BLOCK - 1)) + HEADER) * 4;
    for (const row of rows) {
      for (let i = 0; i < row.length; i++) {
        let byte = bytes[from++];
        let number = byte & 0x7f;
        for (let shift = 7; byte > 0x7f; shift += 7) {
          byte = bytes[from++];
          number |= (byte & 0x7f) << shift;
        }
        row[i] = number;
      }
    }
  }
}
