import { noProperties } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { check } from '../../src/memory/assume.ts';
import { u16 } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import {
  consumeAll,
  consumeOne,
  createBenchmarkRing,
  type RingCells,
  type RingFunctions,
  SIZE,
} from '../../src/scenario/benchmarkRing.ts';

/** 5 pushes, so that an entry is reused; harvests; one reset. */
const ringOf = (name: string, mistakes: Partial<RingFunctions>): Scenario =>
  createBenchmarkRing(name, 5, 2, 1, mistakes);

export const withoutBug = ringOf('ring', {});

/** Rings with one bug each. None of them shows in every execution. */
export const ringBugs: readonly Scenario[] = [
  {
    ...ringOf('full is decided on cons', {
      push(mem, { prod, cons, kprod, slot, off }) {
        const index = mem.load(kprod);
        if (u16(index - mem.load(cons)) >= SIZE) return;
        mem.store(slot[index % SIZE], 100 + index);
        mem.store(off[index % SIZE], 200 + index);
        mem.store(kprod, index + 1);
        mem.store(prod, index + 1);
      },
    }),
    // Only the reader of an entry is checked: the ring's own property fails before an entry is
    // lost.
    properties: noProperties,
  },

  {
    ...ringOf('reset believes a cons that is one ahead', {
      lastHarvest(mem, ring, before) {
        const index = consumeAll(mem, ring, before);
        mem.store(ring.cons, index + 1);
        return index;
      },
      reset: (mem, ring, before) =>
        resetTo(mem, ring, before, (index) => consumeOne(mem, ring.slot, ring.off, index, 'the kernel')),
    }),
    // Userspace sets cons out of range. The bug is that the kernel accepts it.
    properties: noProperties,
  },

  ringOf('prod before the entry', {
    push(mem, { prod, kprod, kreset, slot, off }) {
      const index = mem.load(kprod);
      if (u16(index - mem.load(kreset)) >= SIZE) return;
      mem.store(kprod, index + 1);
      mem.store(prod, index + 1);
      mem.store(slot[index % SIZE], 100 + index);
      mem.store(off[index % SIZE], 200 + index);
    },
  }),

  ringOf('entry 0 wipes its pad', {
    push(mem, { pad, prod, kprod, kreset, slot, off }) {
      const index = mem.load(kprod);
      if (u16(index - mem.load(kreset)) >= SIZE) return;
      mem.store(slot[index % SIZE], 100 + index);
      mem.store(off[index % SIZE], 200 + index);
      if (index % SIZE === 0) mem.store(pad, 0);
      mem.store(kprod, index + 1);
      mem.store(prod, index + 1);
    },
  }),

  ringOf('kreset before the entry is read', {
    reset: (mem, ring, before) =>
      resetTo(mem, ring, before, (index) => {
        const s = mem.load(ring.slot[index % SIZE]);
        mem.store(ring.kreset, index + 1);
        const o = mem.load(ring.off[index % SIZE]);
        check(
          s === 100 + index && o === 200 + index,
          'the kernel reads what was pushed',
          `entry ${index} reads ${s}, ${o}`,
        );
      }),
  }),
];

/** The kernel's reset without the range check of cons, which an honest cons passes. */
function resetTo(mem: Memory, ring: RingCells, before: unknown, each: (index: number) => void): number {
  let index = (before as number | undefined) ?? 0;
  mem.lock(ring.slots_lock);
  for (const end = mem.load(ring.cons); index !== end; index = u16(index + 1)) {
    each(index);
    mem.lock(ring.mmu_lock);
    mem.unlock(ring.mmu_lock);
    mem.store(ring.kreset, index + 1);
  }
  mem.unlock(ring.slots_lock);
  return index;
}
