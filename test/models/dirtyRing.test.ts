import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initVm, layVm } from '../../src/actors/vm.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import {
  type DirtyRingState,
  dirtyRingEntry,
  dirtyRingHarvest,
  dirtyRingHarvestable,
  dirtyRingPush,
  dirtyRingReset,
  dirtyRingResettable,
  emptyDirtyRing,
  type FlaggedEntry,
  HARVESTED,
  isDirtyRingFull,
} from '../../src/models/dirtyRing.ts';
import type { DirtyRings } from '../../src/trackers/dirtyRing/dirtyRing.ts';
import { dirty_ring_harvest } from '../../src/trackers/dirtyRing/harvest.ts';
import { KVM_RESET_DIRTY_RINGS } from '../../src/trackers/dirtyRing/ioctl.ts';
import { kvm_dirty_ring_push } from '../../src/trackers/dirtyRing/push.ts';
import { trackers } from '../../src/trackers/registry.ts';

/** All that userspace takes in one call. */
function harvestAll(ring: DirtyRingState): { ring: DirtyRingState; taken: FlaggedEntry[] } {
  const taken: FlaggedEntry[] = [];
  let now = ring;
  for (
    let next = dirtyRingHarvestable(now);
    next !== undefined && taken.length < now.entries.length;
    next = dirtyRingHarvestable(now)
  ) {
    taken.push(next);
    now = dirtyRingHarvest(now);
  }
  return { ring: now, taken };
}

/** All that a reset takes; `bounded`: nothing that was never pushed. */
function resetAll(ring: DirtyRingState, bounded: boolean): { ring: DirtyRingState; taken: FlaggedEntry[] } {
  const taken: FlaggedEntry[] = [];
  let now = ring;
  for (let next = dirtyRingResettable(now); next !== undefined; next = dirtyRingResettable(now)) {
    if (bounded && now.reset === now.pushed) break;
    taken.push(next);
    now = dirtyRingReset(now);
  }
  return { ring: now, taken };
}

test('one after the other, the merged ring and the model give the same answers, wherever the indices start', () => {
  const seen = { full: false, wrapped: false, overtaken: false, bounded: false };
  const call = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('push' as const), offset: fc.bigInt(0n, 4n) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('harvest' as const, 'reset' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('flag' as const), entry: fc.nat(7) }) },
  );
  fc.assert(
    fc.property(
      fc.constantFrom('5.11', '6.1', '6.12', '6.17', 'repaired'),
      fc.constantFrom(2, 4, 8),
      fc.constantFrom(0, 1, 0xfffffffd, 0xffffffff),
      fc.array(call, { maxLength: 60 }),
      (version, size, index, calls) => {
        const layout = new Layout();
        const vm = layVm(layout, {
          tracker: trackers[`dirty-ring@${version}`],
          slots: [{ slot: 0, npages: 5 }],
          rings: [{ size, leeway: 0 }],
          index,
        });
        const tracker = vm.tracker as DirtyRings;
        const [ring] = tracker.rings;
        const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
        initVm(mem, vm, 1);
        let model = emptyDirtyRing(size);
        const physical = (count: number) => ring.dirty_gfns[(index + count) % size];
        for (const one of calls) {
          switch (one.do) {
            case 'push': {
              const warned = mem.load(ring.warned);
              kvm_dirty_ring_push(mem, ring, { slot: 0, offset: one.offset }, tracker.version);
              // Of a reset that has overtaken it, push sees a distance of almost 2^32.
              const full = isDirtyRingFull(model) || model.reset > model.pushed;
              expect(mem.load(ring.warned) - warned).toBe(full ? 1 : 0);
              if (full) seen.full = true;
              model = dirtyRingPush(model, 0, one.offset);
              break;
            }
            case 'harvest': {
              const { ring: next, taken } = harvestAll(model);
              expect(dirty_ring_harvest(mem, ring)).toEqual(taken.map(({ slot, offset }) => ({ slot, offset })));
              model = next;
              break;
            }
            case 'flag': {
              const entries = model.entries.slice();
              entries[one.entry % size] = { ...entries[one.entry % size], flags: HARVESTED };
              model = { ...model, entries };
              mem.store(physical(one.entry).flags, HARVESTED);
              break;
            }
            case 'reset': {
              for (const { armed } of vm.guest.pages) mem.store(armed, 0);
              const { ring: next, taken } = resetAll(model, tracker.version.repaired);
              expect(KVM_RESET_DIRTY_RINGS(mem, vm.kvm, tracker.rings, tracker.version)).toBe(taken.length);
              const rearmed = new Set(taken.map(({ offset }) => Number(offset)));
              expect(vm.guest.pages.map(({ armed }) => mem.load(armed) === 1)).toEqual(
                vm.guest.pages.map(({ offset }) => rearmed.has(offset)),
              );
              if (dirtyRingResettable(next) !== undefined) seen.bounded = true;
              if (next.reset > next.pushed) seen.overtaken = true;
              model = next;
              break;
            }
          }
          expect(mem.load(ring.dirty_index)).toBe((index + model.pushed) % 2 ** 32);
          expect(mem.load(ring.reset_index)).toBe((index + model.reset) % 2 ** 32);
          for (let i = 0; i < size; i++) expect(mem.load(physical(i).flags)).toBe(dirtyRingEntry(model, i).flags);
          if (index + model.reset >= 2 ** 32) seen.wrapped = true;
        }
      },
    ),
    { numRuns: 1000, seed: 1 },
  );
  expect(seen).toEqual({ full: true, wrapped: true, overtaken: true, bounded: true });
});
