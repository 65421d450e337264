import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initVm, layVm } from '../../src/actors/vm.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import {
  dirtyBitmapClear,
  dirtyBitmapClearable,
  dirtyBitmapMark,
  emptyDirtyBitmap,
  fullDirtyBitmap,
  isRange,
} from '../../src/models/dirtyBitmap.ts';
import { gfnsOf } from '../../src/trackers/dirtyBitmap/bitmap.ts';
import type { DirtyBitmap } from '../../src/trackers/dirtyBitmap/dirtyBitmap.ts';
import { get_dirty_log_manual, KVM_CLEAR_DIRTY_LOG, KVM_GET_DIRTY_LOG } from '../../src/trackers/dirtyBitmap/ioctl.ts';
import { trackers } from '../../src/trackers/registry.ts';

const page = fc.integer({ min: 0, max: 139 });
const clearCall = fc.record({
  do: fc.constant('clear' as const),
  first: fc.constantFrom(0, 0, 32, 64, 128),
  count: fc.constantFrom('rest' as const, 64, 32, 128),
  pages: fc.array(page, { maxLength: 8 }),
});
const call = fc.oneof(
  fc.record({ do: fc.constant('mark' as const), page }),
  fc.record({ do: fc.constantFrom('get' as const, 'getManual' as const) }),
  clearCall,
);
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
type ClearCall = typeof clearCall extends fc.Arbitrary<infer T> ? T : never;

/** What the calls of all runs must have shown. */
const seen = { refused: false, cleared: false, notDirty: false };

/** The bits of CLEAR_DIRTY_LOG for `pages`, by word of 32 pages from `first` on. */
const bitsOf = (pages: readonly number[], first: number, count: number): number[] =>
  Array.from({ length: Math.ceil(count / 32) }, (_, word) =>
    pages.reduce((mask, of) => (Math.floor((of - first) / 32) === word ? mask | (1 << (of % 32)) : mask), 0),
  );

/** A bitmap and its model; each call goes to both, and must give the same answer. */
class Pair {
  private readonly npages: number;
  private readonly vm: ReturnType<typeof layVm>;
  private readonly tracker: DirtyBitmap;
  private readonly mem: SetupMemory;
  private model: ReturnType<typeof emptyDirtyBitmap>;

  constructor(npages: number, manualProtect: 'on' | 'initially set') {
    const layout = new Layout();
    this.npages = npages;
    this.vm = layVm(layout, {
      tracker: trackers['dirty-bitmap'],
      slots: [{ slot: 0, npages }],
      rings: [{ size: 2, leeway: 0 }],
      manualProtect,
    });
    this.tracker = this.vm.tracker as DirtyBitmap;
    this.mem = new SetupMemory(new SharedArrayBuffer(layout.size));
    initVm(this.mem, this.vm, 1);
    this.model = manualProtect === 'on' ? emptyDirtyBitmap(npages) : fullDirtyBitmap(npages);
  }

  perform(one: Call): void {
    this.disarmAll();
    if (one.do === 'mark') this.mark(one.page);
    else if (one.do === 'clear') this.clear(one);
    else this.get(one.do === 'getManual');
    const { bitmap } = this;
    const words = Array.from({ length: bitmap.words }, (_, i) => this.mem.load(bitmap.word(i)));
    expect(this.pagesOf(words)).toEqual(this.model.dirty);
  }

  private mark(page: number): void {
    if (page >= this.npages) return;
    this.tracker.mark(this.mem, { slot: 0, offset: BigInt(page) });
    this.model = dirtyBitmapMark(this.model, page);
  }

  private get(isManual: boolean): void {
    const { mem, vm, bitmap, model } = this;
    const buffer = new Array<number>(bitmap.words).fill(0);
    (isManual ? get_dirty_log_manual : KVM_GET_DIRTY_LOG)(mem, vm.kvm, bitmap, buffer);
    expect(this.pagesOf(buffer)).toEqual(model.dirty);
    expect(this.armed()).toEqual(isManual ? [] : model.dirty);
    if (!isManual) this.model = dirtyBitmapClear(model, model.dirty);
  }

  private clear({ first, count: wanted, pages }: ClearCall): void {
    const { mem, vm, bitmap, model } = this;
    const count = wanted === 'rest' ? Math.max(0, this.npages - first) : wanted;
    const asked = pages.filter((of) => of >= first && of < first + count);
    const accepted = isRange(model, first, count);
    const cleared = accepted ? dirtyBitmapClearable(model, asked) : [];
    const range = { first_page: first, num_pages: count, bits: bitsOf(asked, first, count) };
    expect(KVM_CLEAR_DIRTY_LOG(mem, vm.kvm, bitmap, range)).toBe(accepted ? 0 : -22);
    expect(this.armed()).toEqual(cleared);
    if (!accepted) seen.refused = true;
    if (cleared.length > 0) seen.cleared = true;
    if (cleared.length < asked.length) seen.notDirty = true;
    this.model = dirtyBitmapClear(model, cleared);
  }

  private get bitmap() {
    return this.tracker.bitmaps[0];
  }

  private pagesOf(words: readonly number[]): number[] {
    return gfnsOf(this.bitmap, words).map(({ offset }) => Number(offset));
  }

  private armed(): number[] {
    return this.vm.guest.pages.filter((of) => this.mem.load(of.armed) === 1).map(({ offset }) => offset);
  }

  private disarmAll(): void {
    for (const of of this.vm.guest.pages) this.mem.store(of.armed, 0);
  }
}

test('sequentially, the bitmap and the model give the same results', () => {
  const shape = [fc.constantFrom(1, 5, 32, 33, 64, 70, 140), fc.constantFrom('on', 'initially set')] as const;
  fc.assert(
    fc.property(...shape, fc.array(call, { maxLength: 30 }), (npages, manualProtect, calls) => {
      const pair = new Pair(npages, manualProtect);
      for (const one of calls) pair.perform(one);
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(seen).toEqual({ refused: true, cleared: true, notDirty: true });
});
