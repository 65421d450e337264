import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initVm, layVm } from '../../src/actors/vm.ts';
import { EBUSY, EINVAL } from '../../src/kvm/errors.ts';
import type { ResetBatch } from '../../src/kvm/resetBatch.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import { kvm_gfn_ring_alloc, kvm_gfn_ring_free } from '../../src/ring/alloc.ts';
import { coalesce } from '../../src/ring/coalesce.ts';
import { kvm_gfn_ring_get_page } from '../../src/ring/get_page.ts';
import { gfn_ring_harvest } from '../../src/ring/harvest.ts';
import { KVM_RESET_DIRTY_PAGES } from '../../src/ring/ioctl.ts';
import type { GfnRing } from '../../src/ring/kvm_gfnring.ts';
import { kvm_gfn_ring_push, kvm_gfn_ring_soft_full } from '../../src/ring/push.ts';
import { kvm_gfn_ring_reset } from '../../src/ring/reset.ts';
import { gfnRing } from '../../src/trackers/gfnRing/descriptor.ts';
import type { GfnRings } from '../../src/trackers/gfnRing/gfnRings.ts';

function machine(rings = [{ size: 4, leeway: 1 }], npages = 4) {
  const layout = new Layout();
  const vm = layVm(layout, {
    tracker: gfnRing,
    slots: [
      { slot: 0, npages },
      { slot: 65537, npages: 2 },
    ],
    rings,
  });
  const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
  initVm(mem, vm, rings.length);
  return { layout, vm, mem, kvm: vm.kvm, ring: (vm.tracker as GfnRings).rings[0] };
}

const bytesOf = (mem: SetupMemory): number[] => [...mem.u8];
const alloc = (size: number, leeway = 0) => kvm_gfn_ring_alloc(new Layout(), 'ring', size, leeway);

describe('alloc', () => {
  test('sizes are powers of two from 2 to 32768: 65536 cannot tell full from empty', () => {
    for (let size = 2; size <= 32768; size *= 2) expect(alloc(size)).toMatchObject({ size, soft_limit: size });
    for (const size of [0, 1, 3, 6, 100, 65536, 65535, 131072, -2, 2.5, Number.NaN, Infinity])
      expect(alloc(size)).toBe(-EINVAL);
  });

  test('the leeway is from 0 to size - 1', () => {
    expect(alloc(8, 7)).toMatchObject({ soft_limit: 1 });
    for (const leeway of [-1, 8, 1.5, Number.NaN]) expect(alloc(8, leeway)).toBe(-EINVAL);
  });

  test('entries have 16 bytes; prod and cons are the first four, entry 0 unused pad', () => {
    const ring = alloc(4) as GfnRing;
    expect(
      [ring.indices.prod.offset, ring.indices.prod.bits, ring.indices.cons.offset, ring.indices.cons.bits].map(
        (n, i) => (i % 2 ? n : n - ring.data),
      ),
    ).toEqual([0, 16, 2, 16]);
    expect(ring.entries.map(({ slot, offset }) => [slot.offset - ring.data, offset.offset - ring.data])).toEqual([
      [4, 8],
      [20, 24],
      [36, 40],
      [52, 56],
    ]);
  });
});

describe('push', () => {
  test('returns the number of entries, or -EBUSY and changes nothing', () => {
    const { mem, ring } = machine([{ size: 4, leeway: 0 }]);
    expect([1n, 2n, 3n, 4n].map((offset) => kvm_gfn_ring_push(mem, ring, 0, offset))).toEqual([1, 2, 3, 4]);
    const before = bytesOf(mem);
    expect(kvm_gfn_ring_push(mem, ring, 9, 9n)).toBe(-EBUSY);
    expect(bytesOf(mem)).toEqual(before);
  });

  test('a harvested entry is not free before its reset', () => {
    const { mem, ring, kvm } = machine([{ size: 2, leeway: 0 }]);
    kvm_gfn_ring_push(mem, ring, 0, 0n);
    kvm_gfn_ring_push(mem, ring, 0, 1n);
    expect(gfn_ring_harvest(mem, ring)).toHaveLength(2);
    expect(kvm_gfn_ring_push(mem, ring, 0, 2n)).toBe(-EBUSY);
    expect(kvm_gfn_ring_reset(mem, kvm, ring)).toBe(true);
    expect(kvm_gfn_ring_push(mem, ring, 0, 2n)).toBe(1);
  });

  test('the soft limit is the size less the leeway', () => {
    const { mem, ring } = machine([{ size: 4, leeway: 1 }]);
    const full = [0n, 1n, 2n].map((offset) => [
      kvm_gfn_ring_push(mem, ring, 0, offset),
      kvm_gfn_ring_soft_full(mem, ring),
    ]);
    expect(full).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
  });

  test('the largest ring fills exactly, across the wrap', () => {
    const layout = new Layout();
    const vm = layVm(layout, { tracker: gfnRing, slots: [], rings: [{ size: 32768, leeway: 0 }], index: 40000 });
    const [ring] = (vm.tracker as GfnRings).rings;
    const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
    initVm(mem, vm, 1);
    for (let i = 1; i <= 32768; i++) expect(kvm_gfn_ring_push(mem, ring, 0, 0n)).toBe(i);
    expect(kvm_gfn_ring_push(mem, ring, 0, 0n)).toBe(-EBUSY);
    expect(gfn_ring_harvest(mem, ring)).toHaveLength(32768);
  });
});

describe('reset', () => {
  test('returns whether it processed an entry, and re-arms exactly the harvested pages', () => {
    const { mem, ring, kvm, vm } = machine();
    expect(kvm_gfn_ring_reset(mem, kvm, ring)).toBe(false);
    for (const page of vm.guest.pages) mem.store(page.armed, 0);
    for (const offset of [2n, 0n]) kvm_gfn_ring_push(mem, ring, 0, offset);
    expect(kvm_gfn_ring_reset(mem, kvm, ring)).toBe(false);
    gfn_ring_harvest(mem, ring);
    expect(kvm_gfn_ring_reset(mem, kvm, ring)).toBe(true);
    expect(vm.guest.slots.get(0)!.map((page) => mem.load(page.armed))).toEqual([1, 0, 1, 0]);
    expect(vm.guest.slots.get(65537)!.map((page) => mem.load(page.armed))).toEqual([0, 0]);
  });

  test('a bad entry does not affect its neighbours', () => {
    const { mem, ring, kvm, vm } = machine();
    for (const page of vm.guest.pages) mem.store(page.armed, 0);
    for (const [slot, offset] of [
      [0, 0n],
      [0, (1n << 64n) - 1n],
      [5, 1n],
      [65537, 1n],
    ] as const)
      kvm_gfn_ring_push(mem, ring, slot, offset);
    gfn_ring_harvest(mem, ring);
    expect(KVM_RESET_DIRTY_PAGES(mem, kvm, [ring])).toBe(4);
    expect(vm.guest.pages.map((page) => mem.load(page.armed))).toEqual([1, 0, 0, 0, 0, 1]);
  });
});

describe('get_page and free', () => {
  test('serves the pages of the ring and rejects every other index', () => {
    const { mem, ring } = machine([{ size: 512, leeway: 0 }]);
    expect([0, 1].map((i) => kvm_gfn_ring_get_page(mem, ring, i)! - ring.data)).toEqual([0, 4096]);
    for (const i of [2, -1, 0.5, 65536, 2 ** 32, Number.NaN, Infinity])
      expect(kvm_gfn_ring_get_page(mem, ring, i)).toBeUndefined();
    kvm_gfn_ring_free(mem, ring);
    expect(kvm_gfn_ring_get_page(mem, ring, 0)).toBeUndefined();
  });

  test('a ring smaller than a page has one', () => {
    const { mem, ring } = machine();
    expect(kvm_gfn_ring_get_page(mem, ring, 0)).toBe(ring.data);
    expect(kvm_gfn_ring_get_page(mem, ring, 1)).toBeUndefined();
  });
});

describe('coalesce', () => {
  const pagesOf = ({ offset, mask }: ResetBatch): bigint[] =>
    Array.from({ length: 64 }, (_, i) => BigInt(i))
      .filter((i) => (mask >> i) & 1n)
      .map((i) => offset + i);

  test('a batch contains exactly the pages that were added to it', () => {
    const far = fc.constantFrom(0n, 1n, 62n, 63n, 64n, 65n, 1n << 32n, (1n << 32n) + 5n, (1n << 63n) - 1n);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0, 1), fc.oneof(far, fc.bigInt(0n, 130n))), { minLength: 1, maxLength: 12 }),
        (entries) => {
          const batches: ResetBatch[] = [];
          for (const [slot, offset] of entries) {
            const last = batches.at(-1);
            const grown = last && coalesce(last, slot, offset);
            if (grown) batches[batches.length - 1] = grown;
            else batches.push({ slot, offset, mask: 1n });
          }
          const got = batches.flatMap((batch) => pagesOf(batch).map((offset) => `${batch.slot}:${offset}`));
          expect(new Set(got)).toEqual(new Set(entries.map(([slot, offset]) => `${slot}:${offset}`)));
          for (const { mask } of batches) expect([mask & 1n, mask >> 64n]).toEqual([1n, 0n]);
        },
      ),
      { numRuns: 3000, seed: 1 },
    );
  });

  test('63 pages apart fit, 64 do not, forwards and backwards', () => {
    const batch = { slot: 0, offset: 100n, mask: 1n };
    expect(coalesce(batch, 0, 163n)?.mask).toBe((1n << 63n) | 1n);
    expect(coalesce(batch, 0, 164n)).toBeUndefined();
    expect(coalesce(batch, 0, 37n)).toEqual({ slot: 0, offset: 37n, mask: (1n << 63n) | 1n });
    expect(coalesce(batch, 0, 36n)).toBeUndefined();
    expect(coalesce({ ...batch, mask: 3n }, 0, 37n)).toBeUndefined();
    expect(coalesce(batch, 1, 101n)).toBeUndefined();
  });
});
