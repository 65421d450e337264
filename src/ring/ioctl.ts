import { EINVAL } from '../kvm/errors.ts';
import type { Kvm } from '../kvm/kvm.ts';
import type { Memory } from '../memory/memory.ts';
import type { GfnRing } from './kvm_gfnring.ts';
import { __kvm_gfn_ring_reset } from './reset.ts';

/**
 * The ioctl: resets every ring of the VM by `reset`. Returns the number of entries processed, or
 * -EINVAL when a ring's cons was out of range; the other rings are reset all the same. Called with
 * no lock held.
 */
export function KVM_RESET_DIRTY_PAGES(
  mem: Memory,
  kvm: Kvm,
  rings: readonly GfnRing[],
  reset: typeof __kvm_gfn_ring_reset = __kvm_gfn_ring_reset,
): number {
  let processed = 0;
  let error = 0;

  mem.lock(kvm.slots_lock);
  for (const ring of rings) {
    const count = reset(mem, kvm, ring);
    if (count < 0) error = -EINVAL;
    else processed += count;
  }
  // Before slots_lock is released: the next caller may find nothing to reset, and copy pages at
  // once. No stale translation may be left then.
  if (processed > 0) kvm.arch.flush_remote_tlbs(mem);
  mem.unlock(kvm.slots_lock);

  return error || processed;
}
