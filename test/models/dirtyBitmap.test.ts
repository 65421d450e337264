import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initVm, layVm } from '../../src/actors/vm.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import { clearable, dirtyBitmapClear, emptyBitmap, fullBitmap, isRange, mark } from '../../src/models/dirtyBitmap.ts';
import { gfnsOf } from '../../src/trackers/dirtyBitmap/bitmap.ts';
import type { DirtyBitmap } from '../../src/trackers/dirtyBitmap/dirtyBitmap.ts';
import { get_dirty_log_manual, KVM_CLEAR_DIRTY_LOG, KVM_GET_DIRTY_LOG } from '../../src/trackers/dirtyBitmap/ioctl.ts';
import { trackers } from '../../src/trackers/registry.ts';

test('one after the other, the bitmap and the model give the same answers', () => {
  const seen = { refused: false, cleared: false, notDirty: false };
  const page = fc.integer({ min: 0, max: 139 });
  const call = fc.oneof(
    fc.record({ do: fc.constant('mark' as const), page }),
    fc.record({ do: fc.constantFrom('get' as const, 'look' as const) }),
    fc.record({
      do: fc.constant('clear' as const),
      first: fc.constantFrom(0, 0, 32, 64, 128),
      count: fc.constantFrom('rest' as const, 64, 32, 128),
      pages: fc.array(page, { maxLength: 8 }),
    }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(1, 5, 32, 33, 64, 70, 140),
      fc.constantFrom('on' as const, 'initially set' as const),
      fc.array(call, { maxLength: 30 }),
      (npages, manualProtect, calls) => {
        const layout = new Layout();
        const vm = layVm(layout, {
          tracker: trackers['dirty-bitmap'],
          slots: [{ slot: 0, npages }],
          rings: [{ size: 2, leeway: 0 }],
          manualProtect,
        });
        const tracker = vm.tracker as DirtyBitmap;
        const [bitmap] = tracker.bitmaps;
        const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
        initVm(mem, vm, 1);
        let model = manualProtect === 'on' ? emptyBitmap(npages) : fullBitmap(npages);
        const pagesOf = (words: readonly number[]) => gfnsOf(bitmap, words).map(({ offset }) => Number(offset));
        const armed = () => vm.guest.pages.filter((of) => mem.load(of.armed) === 1).map(({ offset }) => offset);
        const disarm = () => {
          for (const of of vm.guest.pages) mem.store(of.armed, 0);
        };
        const buffer = new Array<number>(bitmap.words).fill(0);
        for (const one of calls) {
          switch (one.do) {
            case 'mark':
              if (one.page >= npages) break;
              tracker.mark(mem, { slot: 0, offset: BigInt(one.page) });
              model = mark(model, one.page);
              break;
            case 'get':
              disarm();
              KVM_GET_DIRTY_LOG(mem, vm.kvm, bitmap, buffer);
              expect(pagesOf(buffer)).toEqual(model.dirty);
              expect(armed()).toEqual(model.dirty);
              model = dirtyBitmapClear(model, model.dirty);
              break;
            case 'look':
              disarm();
              get_dirty_log_manual(mem, vm.kvm, bitmap, buffer);
              expect(pagesOf(buffer)).toEqual(model.dirty);
              expect(armed()).toEqual([]);
              break;
            case 'clear': {
              const { first } = one;
              const count = one.count === 'rest' ? Math.max(0, npages - first) : one.count;
              const asked = one.pages.filter((of) => of >= first && of < first + count);
              const bits = Array.from({ length: Math.ceil(count / 32) }, (_, word) =>
                asked.reduce(
                  (mask, of) => (Math.floor((of - first) / 32) === word ? mask | (1 << (of % 32)) : mask),
                  0,
                ),
              );
              const pages = isRange(model, first, count) ? clearable(model, asked) : [];
              disarm();
              expect(KVM_CLEAR_DIRTY_LOG(mem, vm.kvm, bitmap, { first_page: first, num_pages: count, bits })).toBe(
                isRange(model, first, count) ? 0 : -22,
              );
              expect(armed()).toEqual(pages);
              if (!isRange(model, first, count)) seen.refused = true;
              if (pages.length > 0) seen.cleared = true;
              if (pages.length < asked.length) seen.notDirty = true;
              model = dirtyBitmapClear(model, pages);
              break;
            }
          }
          expect(pagesOf(Array.from({ length: bitmap.words }, (_, i) => mem.load(bitmap.word(i))))).toEqual(
            model.dirty,
          );
        }
      },
    ),
    { numRuns: 500, seed: 1 },
  );
  expect(seen).toEqual({ refused: true, cleared: true, notDirty: true });
});
