import { markMemory } from '../loops/snapshot.ts';
import type { Cell, Cell64, Lock } from './cell.ts';
import type { Memory } from './memory.ts';

/** By the id of a 64-bit cell: its lower and its upper half. */
export type Halves = ReadonlyMap<number, readonly [Cell, Cell]>;

/** Another memory, but for plain 64-bit stores: each is two of 32 bits, the lower half first. */
export class TearingMemory implements Memory {
  private readonly mem: Memory;
  private readonly halves: Halves;

  constructor(mem: Memory, halves: Halves) {
    this.mem = mem;
    markMemory(this);
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
  write64(cell: Cell64, value: bigint): void {
    const [low, high] = this.halves.get(cell.id)!;
    this.mem.write(low, Number(value & 0xffff_ffffn));
    this.mem.write(high, Number((value >> 32n) & 0xffff_ffffn));
  }

  waitUntil: Memory['waitUntil'] = (cell: never, holds: never) => this.mem.waitUntil(cell, holds) as never;
  read = (cell: Cell): number => this.mem.read(cell);
  write = (cell: Cell, value: number): void => this.mem.write(cell, value);
  read64 = (cell: Cell64): bigint => this.mem.read64(cell);
  load = (cell: Cell): number => this.mem.load(cell);
  store = (cell: Cell, value: number): void => this.mem.store(cell, value);
  load64 = (cell: Cell64): bigint => this.mem.load64(cell);
  store64 = (cell: Cell64, value: bigint): void => this.mem.store64(cell, value);
  loadAcquire = (cell: Cell): number => this.mem.loadAcquire(cell);
  storeRelease = (cell: Cell, value: number): void => this.mem.storeRelease(cell, value);
  xchg = (cell: Cell, value: number): number => this.mem.xchg(cell, value);
  cmpxchg = (cell: Cell, expected: number, to: number): number => this.mem.cmpxchg(cell, expected, to);
  fetchAdd = (cell: Cell, value: number): number => this.mem.fetchAdd(cell, value);
  fetchAnd = (cell: Cell, value: number): number => this.mem.fetchAnd(cell, value);
  fetchOr = (cell: Cell, value: number): number => this.mem.fetchOr(cell, value);
  rmb = (): void => this.mem.rmb();
  wmb = (): void => this.mem.wmb();
  mb = (): void => this.mem.mb();
  lock = (lock: Lock): void => this.mem.lock(lock);
  unlock = (lock: Lock): void => this.mem.unlock(lock);
  wait = (cell: Cell, expected: number): boolean => this.mem.wait(cell, expected);
  wake = (cell: Cell): void => this.mem.wake(cell);
}
