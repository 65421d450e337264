import { AccessMemory, performAccess, performFence } from './accessMemory.ts';
import type { Cell, Cell64, Place } from './cell.ts';
import type { Memory } from './memory.ts';

/** By the id of a 64-bit cell: its lower and its upper half. */
export type Halves = ReadonlyMap<number, readonly [Cell, Cell]>;

/**
 * Another memory with store tearing: a plain store of 64 bits is two of 32 bits, the lower half
 * first.
 */
export class TearingMemory extends AccessMemory {
  private readonly mem: Memory;
  private readonly halves: Halves;

  constructor(mem: Memory, halves: Halves) {
    super();
    this.mem = mem;
    this.halves = halves;
  }

  get thread(): number {
    return this.mem.thread;
  }
  get origin(): string | undefined {
    return this.mem.origin;
  }
  set origin(origin: string | undefined) {
    this.mem.origin = origin;
  }

  override write64(cell: Cell64, value: bigint): void {
    const [low, high] = this.halves.get(cell.id)!;
    this.mem.write(low, Number(value & 0xffff_ffffn));
    this.mem.write(high, Number((value >> 32n) & 0xffff_ffffn));
  }
  override waitUntil(cell: never, holds: never): never {
    return this.mem.waitUntil(cell, holds) as never;
  }
  override wait(cell: Cell, expected: number): boolean {
    return this.mem.wait(cell, expected);
  }

  protected access(kind: number, place: Place, operand: number | bigint, expected: number): number | bigint {
    return performAccess(this.mem, kind, place, operand, expected);
  }
  protected fenceStep(kind: number): void {
    performFence(this.mem, kind);
  }
}
