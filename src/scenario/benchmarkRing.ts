import type { Scenario } from '../check/scenario.ts';
import { check } from '../memory/assume.ts';
import { type Cell, type Lock, u16 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { scenario } from './define.ts';

/** Entries of a benchmark ring. */
const SIZE = 4;

/** The benchmark rings by name, with their numbers of pushes, harvests and resets. */
export const BENCHMARK_RINGS = {
  'ring-s': [2, 2, 1],
  'ring-m': [3, 2, 2],
  'ring-l': [4, 3, 2],
  'ring-x': [5, 3, 3],
} as const;

export type BenchmarkRingName = keyof typeof BENCHMARK_RINGS;

export const isBenchmarkRing = (name: string): name is BenchmarkRingName => Object.hasOwn(BENCHMARK_RINGS, name);

/**
 * A ring of 4 entries, on which explorers are measured: a vCPU pushes, userspace harvests, a kernel
 * thread resets. It is written as users write scenarios. The n-th entry has values that no other
 * entry has. Each operation passes its actor's private index to the next one.
 */
export function benchmarkRing(name: BenchmarkRingName): Scenario {
  const [pushes, harvests, resets] = BENCHMARK_RINGS[name];
  const cells = {
    pad: 'u32',
    prod: { type: 'u16', over: 'pad', byte: 0 },
    cons: { type: 'u16', over: 'pad', byte: 2 },
    kprod: 'u16',
    kreset: 'u16',
    slot: { type: 'u32', length: SIZE },
    off: { type: 'u32', length: SIZE },
  } as const;
  const locks = { slots_lock: 'mutex', mmu_lock: 'spinlock' } as const;
  return scenario({
    name,
    cells,
    locks,
    actors: {
      vcpu: Array.from({ length: pushes }, () => push),
      userspace: Array.from({ length: harvests }, () => consumeAll),
      kernel: Array.from({ length: resets }, () => reset),
    },
    always: {
      'no more entries than the ring has': ({ read, cells }) => u16(read(cells.kprod) - read(cells.kreset)) <= SIZE,
    },
    sometimes: {
      'an entry is reset': ({ read, cells }) => read(cells.kreset) > 0,
    },
    finally: {
      'reset <= harvested <= pushed': ({ read, cells: { kreset, cons, kprod, prod } }) =>
        read(kreset) <= read(cons) && read(cons) <= read(prod) && read(prod) === read(kprod),
    },
  });
}

/** `prod` and `cons` overlap the padding of entry 0, which nothing else uses. */
interface RingCells {
  readonly pad: Cell;
  readonly prod: Cell;
  readonly cons: Cell;
  readonly kprod: Cell;
  readonly kreset: Cell;
  readonly slot: readonly Cell[];
  readonly off: readonly Cell[];
  readonly slots_lock: Lock;
  readonly mmu_lock: Lock;
}

function push(mem: Memory, { prod, kprod, kreset, slot, off }: RingCells): void {
  const index = mem.load(kprod);
  if (u16(index - mem.loadAcquire(kreset)) >= SIZE) return;
  mem.store(slot[index % SIZE], 100 + index);
  mem.store(off[index % SIZE], 200 + index);
  mem.store(kprod, index + 1);
  mem.storeRelease(prod, index + 1);
}

function consumeAll(mem: Memory, { prod, cons, slot, off }: RingCells, before: unknown): number {
  let index = (before as number | undefined) ?? 0;
  for (const end = mem.loadAcquire(prod); index !== end; index = u16(index + 1))
    consumeOne(mem, slot, off, index, 'userspace');
  mem.storeRelease(cons, index);
  return index;
}

function reset(
  mem: Memory,
  { cons, kprod, kreset, slot, off, slots_lock, mmu_lock }: RingCells,
  before: unknown,
): number {
  let index = (before as number | undefined) ?? 0;
  mem.lock(slots_lock);
  const end = mem.loadAcquire(cons);
  if (u16(end - index) <= u16(mem.load(kprod) - index)) {
    while (index !== end) {
      consumeOne(mem, slot, off, index, 'the kernel');
      mem.lock(mmu_lock);
      mem.unlock(mmu_lock);
      index = u16(index + 1);
      mem.storeRelease(kreset, index);
    }
  }
  mem.unlock(slots_lock);
  return index;
}

function consumeOne(mem: Memory, slot: RingCells['slot'], off: RingCells['off'], index: number, reader: string): void {
  const [s, o] = [mem.load(slot[index % SIZE]), mem.load(off[index % SIZE])];
  check(s === 100 + index && o === 200 + index, `${reader} reads what was pushed`, `entry ${index} reads ${s}, ${o}`);
}
