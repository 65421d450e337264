import type { Operation, Program } from '../explore/program.ts';
import type { Cell, Cell64, Lock } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';

/** A program whose plain 64-bit stores are two of 32 bits each, the lower half first: `--tearing`. */
export function torn(program: Program): Program {
  const { layout, halves } = halved(program.layout);
  const tear = ({ run, ...operation }: Operation): Operation =>
    run.length > 1
      ? { ...operation, run: (mem, before) => run(new TornMemory(mem, halves), before) }
      : { ...operation, run: (mem) => run(new TornMemory(mem, halves)) };
  const actors = program.actors.map(({ name, operations }) => ({ name, operations: operations.map(tear) }));
  return { ...program, layout, actors };
}

type Halves = ReadonlyMap<number, readonly [Cell, Cell]>;

function halved(layout: Layout): { layout: Layout; halves: Halves } {
  const larger = Layout.copy(layout);
  const halves = new Map<number, readonly [Cell, Cell]>();
  for (const { kind, id, name, offset } of layout.places) {
    if (kind !== 'cell64') continue;
    halves.set(id, [larger.cell(`${name}.low`, 'u32', offset), larger.cell(`${name}.high`, 'u32', offset + 4)]);
  }
  return { layout: larger, halves };
}

class TornMemory implements Memory {
  private readonly mem: Memory;
  private readonly halves: Halves;

  constructor(mem: Memory, halves: Halves) {
    this.mem = mem;
    this.halves = halves;
  }

  get thread(): number {
    return this.mem.thread;
  }
  write64(cell: Cell64, value: bigint): void {
    const [low, high] = this.halves.get(cell.id)!;
    this.mem.write(low, Number(value & 0xffff_ffffn));
    this.mem.write(high, Number((value >> 32n) & 0xffff_ffffn));
  }

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
