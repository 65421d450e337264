import type { Kvm } from '../../kvm/kvm.ts';
import type { Memory } from '../../memory/memory.ts';
import type { DirtyRing } from './dirty_ring.ts';
import { kvm_dirty_ring_reset } from './reset.ts';
import type { Version } from './versions.ts';

/**
 * KVM_RESET_DIRTY_RINGS: resets the rings of all vCPUs with `reset`. Returns the number of entries
 * that it took, also where a signal ended it. No lock is held on entry or return.
 */
export function KVM_RESET_DIRTY_RINGS(
  mem: Memory,
  kvm: Kvm,
  rings: readonly DirtyRing[],
  version: Version,
  reset: typeof kvm_dirty_ring_reset = kvm_dirty_ring_reset,
): number {
  let cleared = 0;
  mem.lock(kvm.slots_lock);
  for (const ring of rings) {
    const { taken, error } = reset(mem, kvm, ring, version, cleared);
    cleared += taken;
    if (error !== 0) break;
  }
  // Linux flushes after it unlocks slots_lock. The next caller finds nothing to reset, and copies
  // while stale translations are left.
  if (version.repaired && cleared > 0) kvm.arch.flush_remote_tlbs(mem);
  mem.unlock(kvm.slots_lock);
  if (!version.repaired && cleared > 0) kvm.arch.flush_remote_tlbs(mem);
  return cleared;
}
