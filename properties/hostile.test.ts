import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initVm, layVm } from '../src/actors/vm.ts';
import { EINVAL } from '../src/kvm/errors.ts';
import { Layout } from '../src/memory/layout.ts';
import { SetupMemory } from '../src/memory/setupMemory.ts';
import { gfn_ring_harvest } from '../src/ring/harvest.ts';
import { KVM_RESET_DIRTY_PAGES } from '../src/ring/ioctl.ts';
import { kvm_gfn_ring_push } from '../src/ring/push.ts';
import { kvm_gfn_ring_reset } from '../src/ring/reset.ts';
import { gfnRing } from '../src/trackers/gfnRing/descriptor.ts';
import type { GfnRings } from '../src/trackers/gfnRing/gfnRings.ts';

/** Cases C1 to C10: what hostile userspace can write to its ring, and how the kernel must react. */

const U16 = 0x10000;
const sizes = fc.constantFrom(2, 4, 16, 64);
const starts = fc.oneof(fc.constantFrom(0, 1, 32767, 32768, 65534, 65535), fc.nat(65535));

/**
 * Ring 0 is honest, with one entry to reset. Ring 1 has `reset` entries that were reset, and then
 * `pushed` more entries.
 */
function machine(size: number, start: number, pushed: number, reset: number) {
  const layout = new Layout();
  const vm = layVm(layout, {
    tracker: gfnRing,
    slots: [{ slot: 0, npages: 2 }],
    rings: [
      { size: 2, leeway: 0 },
      { size, leeway: 0 },
    ],
    index: start,
  });
  const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
  initVm(mem, vm, 2);
  const [honest, ring] = (vm.tracker as GfnRings).rings;
  for (const [of, entries] of [
    [honest, 1],
    [ring, reset],
  ] as const) {
    for (let i = 0; i < entries; i++) kvm_gfn_ring_push(mem, of, 0, 1n);
  }
  gfn_ring_harvest(mem, ring);
  kvm_gfn_ring_reset(mem, vm.kvm, ring);
  for (let i = 0; i < pushed; i++) kvm_gfn_ring_push(mem, ring, 0, 1n);
  gfn_ring_harvest(mem, honest);
  for (const page of vm.guest.pages) mem.store(page.armed, 0);
  return { mem, vm, kvm: vm.kvm, rings: [honest, ring], honest, ring, first: (start + reset) % U16 };
}

type Machine = ReturnType<typeof machine>;

/**
 * Checks that a cons out of range changes nothing and reset returns false. The ioctl returns
 * -EINVAL after it has served the honest ring.
 */
function expectRefused({ mem, vm, kvm, rings, honest, ring }: Machine, cons: number): void {
  mem.store(ring.indices.cons, cons);
  const before = mem.u8.slice();
  expect(kvm_gfn_ring_reset(mem, kvm, ring)).toBe(false);
  expect(mem.u8).toEqual(before);
  const reset = mem.load(ring.cons_index);
  expect(KVM_RESET_DIRTY_PAGES(mem, kvm, rings)).toBe(-EINVAL);
  expect(mem.load(ring.cons_index)).toBe(reset);
  expect(mem.load(honest.cons_index)).toBe(mem.load(honest.prod_index));
  expect(vm.guest.pages.map((page) => mem.load(page.armed))).toEqual([0, 1]);
}

const runs = { numRuns: 300, seed: 1 };
/** The parameters of a machine, small so that a counterexample is readable. */
const drawn = fc.record({ size: sizes, start: starts, pushed: fc.nat(8), reset: fc.nat(40) });
const build = ({
  size,
  start,
  pushed,
  reset,
}: {
  size: number;
  start: number;
  pushed: number;
  reset: number;
}): Machine => machine(size, start, Math.min(pushed, size), Math.min(reset, size));
const usedOf = ({ mem, ring }: Machine): number => (mem.load(ring.prod_index) - mem.load(ring.cons_index) + U16) % U16;

/** A memory whose cons is `first` when it is read, and has another one of `values` right after. */
function withChangingCons({ mem, ring }: Machine, first: number, values: readonly number[]) {
  const { cons } = ring.indices;
  let reads = 0;
  const loadAcquire = (cell: typeof cons): number => {
    if (cell !== cons) return mem.loadAcquire(cell);
    reads++;
    mem.store(cell, first);
    const value = mem.load(cell);
    mem.store(cell, values[reads % values.length]);
    return value;
  };
  const changing: typeof mem = Object.create(mem, { loadAcquire: { value: loadAcquire } });
  return { changing, reads: () => reads };
}

describe('a hostile cons', () => {
  test('C1 a cons ahead of prod is refused, and nothing is reset', () =>
    fc.assert(
      fc.property(drawn, fc.nat(65535), (parameters, by) => {
        const m = build(parameters);
        const used = usedOf(m);
        expectRefused(m, (m.first + used + 1 + (by % (U16 - used - 1))) % U16);
      }),
      runs,
    ));

  test('C2 a cons behind the kernel is refused, and reset does not process 2^16 entries', () =>
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 30000 }), (parameters, by) => {
        const m = build(parameters);
        fc.pre(usedOf(m) + by < U16);
        expectRefused(m, (m.first - by + U16) % U16);
      }),
      runs,
    ));

  test('C3 a cons exactly size ahead is valid only for a full ring', () =>
    fc.assert(
      fc.property(
        sizes.filter((size) => size < 100),
        starts,
        fc.boolean(),
        (size, start, full) => {
          const m = machine(size, start, full ? size : size - 1, 0);
          if (!full) return expectRefused(m, (m.first + size) % U16);
          m.mem.store(m.ring.indices.cons, (m.first + size) % U16);
          expect(kvm_gfn_ring_reset(m.mem, m.kvm, m.ring)).toBe(true);
          expect(usedOf(m)).toBe(0);
        },
      ),
      runs,
    ));
});

describe('a cons that changes, or does not', () => {
  test('C4 a cons that changes at every access is read once', () =>
    fc.assert(
      fc.property(drawn, fc.array(fc.nat(65535), { minLength: 1, maxLength: 50 }), (parameters, values) => {
        const m = build(parameters);
        const honest = m.mem.load(m.ring.indices.cons);
        const first = m.mem.load(m.ring.cons_index);
        const { changing, reads } = withChangingCons(m, (honest + values.length) % U16, values);
        const used = usedOf(m);
        kvm_gfn_ring_reset(changing, m.kvm, m.ring);
        expect(reads()).toBe(1);
        const moved = (m.mem.load(m.ring.cons_index) - first + U16) % U16;
        const asked = (honest + values.length - first + U16) % U16;
        expect(moved).toBe(asked <= used ? asked : 0);
      }),
      runs,
    ));

  test('C5 a cons equal to that of the kernel changes nothing', () =>
    fc.assert(
      fc.property(drawn, (parameters) => {
        const m = build(parameters);
        m.mem.store(m.ring.indices.cons, m.first);
        const before = m.mem.u8.slice();
        expect(kvm_gfn_ring_reset(m.mem, m.kvm, m.ring)).toBe(false);
        expect(m.mem.u8).toEqual(before);
        expect(KVM_RESET_DIRTY_PAGES(m.mem, m.kvm, m.rings)).toBe(1);
      }),
      runs,
    ));
});

describe('cons over several resets', () => {
  test('C6 a cons that moves back between two resets is refused', () =>
    fc.assert(
      fc.property(
        sizes.filter((size) => size < 100 && size > 2),
        starts,
        (size, start) => {
          const m = machine(size, start, 3, 0);
          m.mem.store(m.ring.indices.cons, (m.first + 2) % U16);
          expect(kvm_gfn_ring_reset(m.mem, m.kvm, m.ring)).toBe(true);
          expectRefused(m, (m.first + 1) % U16);
        },
      ),
      runs,
    ));

  test('C7 prod and cons on both sides of the wrap', () =>
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 8), fc.integer({ min: 65520, max: 65535 }), (size, start) => {
        const m = machine(size, start, 0, 0);
        let [pushed, harvested] = [0, 0];
        for (let round = 0; round < 40; round++) {
          while (kvm_gfn_ring_push(m.mem, m.ring, 0, BigInt(pushed)) > 0) pushed++;
          expect(usedOf(m)).toBe(size);
          for (const { offset } of gfn_ring_harvest(m.mem, m.ring, 1 + (round % size)))
            expect(offset).toBe(BigInt(harvested++));
          expect(kvm_gfn_ring_reset(m.mem, m.kvm, m.ring)).toBe(true);
        }
        expect(start + harvested).toBeGreaterThan(U16);
      }),
      runs,
    ));
});

describe('hostile writes to entry 0', () => {
  test('C8 torn and mixed-width writes result in some cons, and any cons is safe', () =>
    fc.assert(
      fc.property(
        drawn,
        fc.constantFrom(8, 16, 32),
        fc.bigInt(0n, 0xffffffffn),
        fc.nat(3),
        (parameters, bits, value, at) => {
          const m = build(parameters);
          const { mem, ring } = m;
          const offset = ring.data + (at & ~(bits / 8 - 1));
          if (bits === 8) mem.u8[offset] = Number(value & 0xffn);
          else if (bits === 16) mem.u16[offset >> 1] = Number(value & 0xffffn);
          else mem.u32[offset >> 2] = Number(value);
          const asked = (mem.load(ring.indices.cons) - m.first + U16) % U16;
          const used = usedOf(m);
          expect(kvm_gfn_ring_reset(mem, m.kvm, ring)).toBe(asked > 0 && asked <= used);
          expect(usedOf(m)).toBe(asked <= used ? used - asked : used);
        },
      ),
      runs,
    ));

  test('C9 the kernel ignores a prod that userspace overwrites', () =>
    fc.assert(
      fc.property(drawn, fc.nat(65535), (parameters, value) => {
        const m = build(parameters);
        const { mem, ring } = m;
        const [used, prod] = [usedOf(m), mem.load(ring.prod_index)];
        mem.store(ring.indices.prod, value);
        const pushed = kvm_gfn_ring_push(mem, ring, 0, 1n);
        expect(pushed).toBe(used >= ring.size ? -16 : used + 1);
        if (pushed > 0) expect(mem.load(ring.indices.prod)).toBe((prod + 1) % U16);
        expect(gfn_ring_harvest(mem, m.honest)).toEqual([]);
      }),
      runs,
    ));

  test('C10 the kernel keeps its own indices when userspace overwrites all of entry 0', () =>
    fc.assert(
      fc.property(drawn, fc.uint8Array({ minLength: 16, maxLength: 16 }), (parameters, bytes) => {
        const m = build(parameters);
        const { mem, ring } = m;
        const [used, prod] = [usedOf(m), mem.load(ring.prod_index)];
        mem.u8.set(bytes, ring.data);
        const asked = (mem.load(ring.indices.cons) - m.first + U16) % U16;
        const result = KVM_RESET_DIRTY_PAGES(mem, m.kvm, m.rings);
        expect(result).toBe(asked <= used ? asked + 1 : -EINVAL);
        expect(mem.load(ring.prod_index)).toBe(prod);
        expect(mem.load(m.honest.cons_index)).toBe(mem.load(m.honest.prod_index));
      }),
      runs,
    ));
});
