import { type Kvm, memslotOf, npagesOf } from '../../kvm/kvm.ts';
import { type ResetBatch, tryExtend } from '../../kvm/resetBatch.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Version } from './versions.ts';

/**
 * The batch with page `offset` added; undefined where it does not fit. The difference of the u64
 * offsets is an s64.
 */
export function extendBatch(batch: ResetBatch, slot: number, offset: bigint): ResetBatch | undefined {
  return slot === batch.slot ? tryExtend(batch, offset, BigInt.asIntN(64, offset - batch.offset)) : undefined;
}

/**
 * Re-arms the pages of a batch; none where the last is beyond the slot. Called with slots_lock
 * held.
 */
export function kvm_reset_dirty_gfn(mem: Memory, kvm: Kvm, { slot, offset, mask }: ResetBatch, version: Version): void {
  const memslot = memslotOf(kvm, slot);
  if (memslot === undefined) return;
  const npages = BigInt(npagesOf(mem, memslot));
  if (version.rejectsWrappedOffset && offset >= npages) return;
  if (BigInt.asUintN(64, offset + fls(mask)) >= npages) return;
  mem.lock(kvm.mmu_lock);
  kvm.arch.enable_log_dirty_pt_masked(mem, memslot, offset, mask);
  mem.unlock(kvm.mmu_lock);
}

/** The position of the highest set bit. */
const fls = (mask: bigint): bigint => BigInt(mask.toString(2).length - 1);
