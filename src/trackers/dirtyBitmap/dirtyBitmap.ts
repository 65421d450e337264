import { type Gfn, type Kvm, npagesOf } from '../../kvm/kvm.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import { type DirtyTracker, flattenOnce, type Reader, type TrackerShape } from '../interface/tracker.ts';
import { type Bitmap, gfnsOf, layBitmap, lowBitsMask, recordedInBitmap, set_bit, WORD } from './bitmap.ts';
import { get_dirty_log_manual, KVM_CLEAR_DIRTY_LOG, KVM_GET_DIRTY_LOG } from './ioctl.ts';

/**
 * KVM's dirty bitmap: one bit for each page of each slot. GET clears bits and re-arms pages. With
 * manual protection, CLEAR does so, bit by bit.
 */
export class DirtyBitmap implements DirtyTracker {
  readonly mapped = [];
  readonly bitmaps: readonly Bitmap[];
  readonly armsAtStart: boolean;
  /**
   * Userspace's copies, allocated once as in QEMU. GET writes all words before any is read, so that
   * no value outlives a call.
   */
  private readonly buffers: number[][];
  private readonly kvm: Kvm;
  private readonly manual: boolean;

  constructor(layout: Layout, kvm: Kvm, { manualProtect }: TrackerShape) {
    this.kvm = kvm;
    this.manual = manualProtect !== undefined;
    this.armsAtStart = manualProtect !== 'initially set';
    this.bitmaps = kvm.memslots.map((slot) => layBitmap(layout, slot));
    this.buffers = this.bitmaps.map(({ words }) => new Array<number>(words).fill(0));
  }

  init(mem: Memory): void {
    for (const { slot } of this.bitmaps) this.slotChanged(mem, slot.slot, npagesOf(mem, slot));
  }

  mark(mem: Memory, { slot, offset }: Gfn): boolean {
    set_bit(mem, this.bitmaps.find((bitmap) => bitmap.slot.slot === slot)!, Number(offset));
    return true;
  }

  mustExit(): boolean {
    return false;
  }

  harvest(mem: Memory): Gfn[] {
    const get = this.manual ? get_dirty_log_manual : KVM_GET_DIRTY_LOG;
    return flattenOnce(
      this.bitmaps.map((bitmap, i) => {
        get(mem, this.kvm, bitmap, this.buffers[i]);
        return gfnsOf(bitmap, this.buffers[i]);
      }),
    );
  }

  harvestRest(): Gfn[] {
    return [];
  }

  /** Clears only bits that this thread has read: it does not copy the pages of others. */
  reset(mem: Memory, gfns: readonly Gfn[]): number {
    if (!this.manual) return 0;
    let error = 0;
    for (const bitmap of this.bitmaps) {
      const bits = bitsOf(bitmap, gfns);
      if (bits.every((mask) => mask === 0)) continue;
      const num_pages = npagesOf(mem, bitmap.slot);
      error = KVM_CLEAR_DIRTY_LOG(mem, this.kvm, bitmap, { first_page: 0, num_pages, bits }) || error;
    }
    return error || gfns.length;
  }

  /** With KVM_DIRTY_LOG_INITIALLY_SET, the bitmap of a new slot is all ones. */
  slotChanged(mem: Memory, slot: number, npages: number): void {
    const ones = this.armsAtStart ? 0 : npages;
    for (const { slot: of, words, word } of this.bitmaps)
      if (of.slot === slot) for (let i = 0; i < words; i++) mem.store(word(i), lowBitsMask(ones - i * WORD));
  }

  recorded({ read }: Reader): Gfn[] {
    return this.bitmaps.flatMap((bitmap) => recordedInBitmap(bitmap, read));
  }
}

/** The words that select those of `gfns` that are in the bitmap's slot. */
function bitsOf({ slot, words }: Bitmap, gfns: readonly Gfn[]): number[] {
  const bits = new Array<number>(words).fill(0);
  for (const gfn of gfns) {
    const offset = Number(gfn.offset);
    const word = Math.floor(offset / WORD);
    if (gfn.slot === slot.slot && word < words) bits[word] = (bits[word] | (1 << (offset % WORD))) >>> 0;
  }
  return bits;
}
