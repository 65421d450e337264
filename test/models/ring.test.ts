import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initVm, layVm } from '../../src/actors/vm.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import {
  emptyGfnRing,
  GFN_RING_INVALID,
  gfnRingAvailable,
  gfnRingHarvest,
  gfnRingHarvestable,
  gfnRingPublish,
  gfnRingPushResult,
  gfnRingReset,
  gfnRingResettable,
} from '../../src/models/ring.ts';
import { gfn_ring_count, gfn_ring_harvest } from '../../src/ring/harvest.ts';
import { kvm_gfn_ring_push } from '../../src/ring/push.ts';
import { __kvm_gfn_ring_reset } from '../../src/ring/reset.ts';
import { gfnRing } from '../../src/trackers/gfnRing/descriptor.ts';
import type { GfnRings } from '../../src/trackers/gfnRing/gfnRings.ts';

test('sequentially, the ring and the model give the same results, for all initial indices', () => {
  const full = { seen: false, wrapped: false, refused: false };
  const call = fc.oneof(
    fc.record({ do: fc.constant('push' as const), offset: fc.bigInt(0n, 9n) }),
    fc.record({ do: fc.constant('harvest' as const), max: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ do: fc.constant('reset' as const), cons: fc.option(fc.integer({ min: 0, max: 65535 })) }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(2, 4, 8),
      fc.constantFrom(0, 1, 65533, 65535),
      fc.array(call, { maxLength: 60 }),
      (size, index, calls) => {
        const layout = new Layout();
        const vm = layVm(layout, {
          tracker: gfnRing,
          slots: [{ slot: 0, npages: 5 }],
          rings: [{ size, leeway: 0 }],
          index,
        });
        const ring = (vm.tracker as GfnRings).rings[0];
        const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
        initVm(mem, vm, 1);
        let model = emptyGfnRing(size);
        for (const one of calls) {
          if (one.do === 'push') {
            const expected = gfnRingPushResult(model);
            expect(kvm_gfn_ring_push(mem, ring, 0, one.offset)).toBe(expected);
            if (expected < 0) full.seen = true;
            else model = gfnRingPublish(model, { slot: 0, offset: one.offset });
          } else if (one.do === 'harvest') {
            const count = Math.min(gfnRingAvailable(model), one.max);
            expect(gfn_ring_count(mem, ring)).toBe(gfnRingAvailable(model));
            expect(gfn_ring_harvest(mem, ring, one.max)).toEqual(gfnRingHarvestable(model, count));
            model = gfnRingHarvest(model, count);
          } else {
            const honest = mem.load(ring.indices.cons);
            const cons = one.cons ?? honest;
            mem.store(ring.indices.cons, cons);
            const expected = gfnRingResettable(model, cons, index, 0x10000);
            expect(__kvm_gfn_ring_reset(mem, vm.kvm, ring)).toBe(expected === GFN_RING_INVALID ? -22 : expected);
            if (expected === GFN_RING_INVALID) full.refused = true;
            else model = gfnRingReset(model, expected);
            mem.store(ring.indices.cons, (index + model.harvested) % 0x10000);
            if (mem.load(ring.cons_index) < index) full.wrapped = true;
          }
          expect(mem.load(ring.prod_index)).toBe((index + model.published) % 0x10000);
          expect(mem.load(ring.indices.prod)).toBe((index + model.published) % 0x10000);
          expect(mem.load(ring.cons_index)).toBe((index + model.reset) % 0x10000);
        }
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
  expect(full).toEqual({ seen: true, wrapped: true, refused: true });
});
