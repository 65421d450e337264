import { EINVAL } from '../kvm/errors.ts';
import { type Kvm, memslotOf, npagesOf } from '../kvm/kvm.ts';
import type { ResetBatch } from '../kvm/resetBatch.ts';
import { u16 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { coalesce } from './coalesce.ts';
import { entryAt, type GfnRing } from './kvm_gfnring.ts';

/**
 * Re-arms the pages of harvested entries. Returns true if at least one was processed. Called with
 * slots_lock held.
 */
export function kvm_gfn_ring_reset(mem: Memory, kvm: Kvm, ring: GfnRing): boolean {
  return __kvm_gfn_ring_reset(mem, kvm, ring) > 0;
}

/**
 * Processes the entries from the kernel's fetch index up to userspace's. Returns their number, or
 * -EINVAL when userspace's index is not between the kernel's two; then nothing changes. Called with
 * slots_lock held.
 */
export function __kvm_gfn_ring_reset(mem: Memory, kvm: Kvm, ring: GfnRing): number {
  // Once: userspace may change it at any time. Pairs with storeRelease(cons) in harvest
  const cons = mem.loadAcquire(ring.indices.cons);
  const first = mem.load(ring.cons_index);
  const count = u16(cons - first);
  if (count > u16(mem.load(ring.prod_index) - first)) return -EINVAL;
  if (count === 0) return 0;

  let batch: ResetBatch | undefined;
  for (let index = first; index !== cons; index = u16(index + 1)) {
    const entry = entryAt(ring, index);
    const slot = mem.load(entry.slot); // once each: userspace may write them at any time
    const offset = mem.load64(entry.offset);
    const memslot = memslotOf(kvm, slot);
    if (memslot === undefined || offset >= BigInt(npagesOf(mem, memslot))) continue; // only this
    const grown = batch && coalesce(batch, slot, offset);
    if (batch && !grown) enable_log_dirty(mem, kvm, batch);
    batch = grown ?? { slot, offset, mask: 1n };
  }
  if (batch) enable_log_dirty(mem, kvm, batch);

  // From here on push may overwrite the entries: pairs with loadAcquire(cons_index) in push
  mem.storeRelease(ring.cons_index, cons);
  return count;
}

/** Takes mmu_lock. */
function enable_log_dirty(mem: Memory, kvm: Kvm, batch: ResetBatch): void {
  const memslot = memslotOf(kvm, batch.slot)!;
  mem.lock(kvm.mmu_lock);
  kvm.arch.enable_log_dirty_pt_masked(mem, memslot, batch.offset, batch.mask);
  mem.unlock(kvm.mmu_lock);
}
