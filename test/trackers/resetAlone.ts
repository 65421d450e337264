import type { Kvm } from '../../src/kvm/kvm.ts';
import type { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import type { DirtyRing } from '../../src/trackers/dirtyRing/dirty_ring.ts';
import { kvm_dirty_ring_reset } from '../../src/trackers/dirtyRing/reset.ts';
import type { Version } from '../../src/trackers/dirtyRing/versions.ts';

/**
 * A reset of one ring, without a guest. Returns what it re-armed: `0+11` is page 0, with a mask.
 */
export function resetAlone(layout: Layout, ring: DirtyRing, version: Version): (mem: Memory) => string {
  const mmu_lock = layout.lock('mmu_lock', 'spinlock');
  const slots_lock = layout.lock('slots_lock', 'mutex');
  return (mem) => {
    const rearmed: string[] = [];
    const kvm: Kvm = {
      slots_lock,
      mmu_lock,
      memslots: [{ slot: 0, npages: 8 }],
      arch: {
        enable_log_dirty_pt_masked: (_, __, first, mask) => rearmed.push(`${first}+${mask.toString(2)}`),
        flush_remote_tlbs: () => {},
        signal_pending: () => false,
      },
    };
    mem.lock(slots_lock);
    kvm_dirty_ring_reset(mem, kvm, ring, version);
    mem.unlock(slots_lock);
    return rearmed.join();
  };
}
