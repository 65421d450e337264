import type { Cell, Cell64 } from './cell.ts';
import { ForwardingMemory } from './forwardingMemory.ts';
import type { Memory } from './memory.ts';

/** By the id of a 64-bit cell: its lower and its upper half. */
export type Halves = ReadonlyMap<number, readonly [Cell, Cell]>;

/**
 * Another memory with store tearing: a plain store of 64 bits is two of 32 bits, the lower half
 * first.
 */
export class TearingMemory extends ForwardingMemory {
  private readonly halves: Halves;

  constructor(mem: Memory, halves: Halves) {
    super(mem);
    this.halves = halves;
  }

  override write64(cell: Cell64, value: bigint): void {
    const [low, high] = this.halves.get(cell.id)!;
    this.mem.write(low, Number(value & 0xffff_ffffn));
    this.mem.write(high, Number((value >> 32n) & 0xffff_ffffn));
  }
}
