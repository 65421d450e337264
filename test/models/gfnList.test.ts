import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initVm, layVm } from '../../src/actors/vm.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import {
  emptyGfnList,
  gfnListAnnounce,
  gfnListFetch,
  gfnListFetchable,
  gfnListPush,
  gfnListReset,
  gfnListResettable,
  isGfnListFull,
} from '../../src/models/gfnList.ts';
import type { GfnLists } from '../../src/trackers/gfnList/gfnList.ts';
import { gfn_list_harvest, gfn_list_reset, KVM_GET_DIRTY_COUNT } from '../../src/trackers/gfnList/ioctl.ts';
import { gfn_list_push } from '../../src/trackers/gfnList/push.ts';
import { trackers } from '../../src/trackers/registry.ts';

const PAGES = 5;

test('sequentially, the list and the model give the same results', () => {
  const seen = { full: false, refused: false, dropped: false };
  const call = fc.oneof(
    fc.record({
      do: fc.constant('push' as const),
      slot: fc.constantFrom(0, 65537),
      offset: fc.integer({ min: 0, max: PAGES }),
    }),
    fc.record({ do: fc.constantFrom('count' as const, 'harvest' as const) }),
    fc.record({ do: fc.constant('reset' as const), fetch: fc.option(fc.integer({ min: 0, max: 12 }), { freq: 4 }) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(call, { maxLength: 40 }), (size, calls) => {
      const layout = new Layout();
      const slots = [0, 65537].map((slot) => ({ slot, npages: PAGES }));
      const vm = layVm(layout, { tracker: trackers['gfn-list'], slots, rings: [{ size, leeway: 0 }] });
      const { list } = vm.tracker as GfnLists;
      const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
      initVm(mem, vm, 1);
      let model = emptyGfnList(size);
      for (const one of calls) {
        switch (one.do) {
          case 'push': {
            const entry = { slot: one.slot, offset: BigInt(one.offset) };
            expect(gfn_list_push(mem, list, entry)).toBe(isGfnListFull(model) ? -16 : 0);
            if (isGfnListFull(model)) seen.full = true;
            else model = gfnListPush(model, entry);
            break;
          }
          case 'count':
            model = gfnListAnnounce(model);
            expect(KVM_GET_DIRTY_COUNT(mem, list)).toBe(model.available);
            break;
          case 'harvest':
            model = gfnListAnnounce(model);
            expect(gfn_list_harvest(mem, list)).toEqual(gfnListFetchable(model));
            model = gfnListFetch(model, gfnListFetchable(model).length);
            break;
          case 'reset': {
            // Only a refused index leaves the model unchanged.
            if (one.fetch !== null && one.fetch > size) {
              mem.store(list.fetch_index, one.fetch);
              expect(gfn_list_reset(mem, vm.kvm, list)).toBe(-22);
              mem.store(list.fetch_index, model.fetched);
              seen.refused = true;
              break;
            }
            for (const { armed } of vm.guest.pages) mem.store(armed, 0);
            expect(gfn_list_reset(mem, vm.kvm, list)).toBe(gfnListResettable(model).length);
            const rearmed = new Set(gfnListResettable(model).map(({ slot, offset }) => `${slot}:${offset}`));
            expect(vm.guest.pages.map(({ armed }) => mem.load(armed) === 1)).toEqual(
              vm.guest.pages.map(({ slot, offset }) => rearmed.has(`${slot}:${offset}`)),
            );
            if (model.entries.length > model.fetched) seen.dropped = true;
            model = gfnListReset(model);
            break;
          }
        }
        expect([list.dirty_index, list.avail_index, list.fetch_index].map((cell) => mem.load(cell))).toEqual([
          model.entries.length,
          model.available,
          model.fetched,
        ]);
      }
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(seen).toEqual({ full: true, refused: true, dropped: true });
});
