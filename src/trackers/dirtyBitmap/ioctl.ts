import { EINVAL } from '../../kvm/errors.ts';
import { type Kvm, npagesOf } from '../../kvm/kvm.ts';
import type { Memory } from '../../memory/memory.ts';
import { type Bitmap, lowBitsMask, type UserBuffer, WORD } from './bitmap.ts';

/**
 * KVM_GET_DIRTY_LOG (kvm_get_dirty_log_protect): copies all words into userspace's buffer. Each
 * word is cleared, and then its pages are write-protected. The flush comes last. slots_lock is held
 * for the whole call, mmu_lock around the walk.
 */
export function KVM_GET_DIRTY_LOG(mem: Memory, kvm: Kvm, { slot, words, word }: Bitmap, buffer: UserBuffer): void {
  let flush = false;
  mem.lock(kvm.slots_lock);
  mem.lock(kvm.mmu_lock);
  const npages = npagesOf(mem, slot);
  for (let i = 0; i < words; i++) {
    buffer[i] = 0;
    if (mem.load(word(i)) === 0) continue;
    // Pairs with fetchOr(word) in set_bit. A write that was under way as the slot shrank may have
    // set a bit beyond its end. In KVM that was in the old bitmap.
    const mask = (mem.xchg(word(i), 0) & lowBitsMask(npages - i * WORD)) >>> 0;
    flush = true;
    kvm.arch.enable_log_dirty_pt_masked(mem, slot, BigInt(i * WORD), BigInt(mask));
    buffer[i] = mask;
  }
  mem.unlock(kvm.mmu_lock);
  if (flush) kvm.arch.flush_remote_tlbs(mem);
  mem.unlock(kvm.slots_lock);
}

/** KVM_GET_DIRTY_LOG with manual protection: reads the words and changes nothing. */
export function get_dirty_log_manual(mem: Memory, kvm: Kvm, { words, word }: Bitmap, buffer: UserBuffer): void {
  mem.lock(kvm.slots_lock);
  for (let i = 0; i < words; i++) buffer[i] = mem.load(word(i));
  mem.unlock(kvm.slots_lock);
}

/**
 * KVM_CLEAR_DIRTY_LOG for pages `first_page` to `first_page + num_pages - 1`: clears the dirty bits
 * among `bits`, one word for every 32 pages, and write-protects their pages.
 *
 * @returns 0; or -EINVAL, and changes nothing. `first_page` must be a multiple of 64, `num_pages`
 *   too unless the range ends with the slot. The range must lie within the slot
 */
export function KVM_CLEAR_DIRTY_LOG(
  mem: Memory,
  kvm: Kvm,
  { slot, word }: Bitmap,
  {
    first_page,
    num_pages,
    bits,
  }: { readonly first_page: number; readonly num_pages: number; readonly bits: readonly number[] },
): number {
  mem.lock(kvm.slots_lock);
  const npages = npagesOf(mem, slot);
  const ends = first_page + num_pages;
  const valid = first_page % 64 === 0 && ends <= npages && (num_pages % 64 === 0 || ends === npages);
  if (valid) {
    let flush = false;
    mem.lock(kvm.mmu_lock);
    for (let i = 0; i < Math.ceil(num_pages / WORD); i++) {
      const asked = bits[i] ?? 0;
      if (asked === 0) continue;
      const at = first_page / WORD + i;
      const mask = (mem.fetchAnd(word(at), ~asked) & asked & lowBitsMask(npages - at * WORD)) >>> 0;
      if (mask === 0) continue;
      flush = true;
      kvm.arch.enable_log_dirty_pt_masked(mem, slot, BigInt(at * WORD), BigInt(mask));
    }
    mem.unlock(kvm.mmu_lock);
    if (flush) kvm.arch.flush_remote_tlbs(mem);
  }
  mem.unlock(kvm.slots_lock);
  return valid ? 0 : -EINVAL;
}
