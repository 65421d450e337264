import type { Gfn } from '../../kvm/kvm.ts';
import type { Memory } from '../../memory/memory.ts';
import { type DirtyRing, dirtyGfnAt, F_DIRTY } from './dirty_ring.ts';
import type { Version } from './versions.ts';

/**
 * Adds one entry. On a full ring it overwrites one and warns. Called by the vCPU that owns the
 * ring.
 */
export function kvm_dirty_ring_push(mem: Memory, ring: DirtyRing, { slot, offset }: Gfn, version: Version): void {
  const dirty_index = mem.load(ring.dirty_index);
  // What is overwritten was read, and its flag cleared:
  // pairs with storeRelease(reset_index) in reset.
  const reset_index = version.repaired ? mem.loadAcquire(ring.reset_index) : mem.load(ring.reset_index);
  const used = (dirty_index - reset_index) >>> 0;
  if (used >= ring.size) mem.fetchAdd(ring.warned, 1);

  const entry = dirtyGfnAt(ring, dirty_index);
  mem.write(entry.slot, slot);
  mem.write64(entry.offset, offset);
  // The repaired reset stops at dirty_index. So the index must cover an entry before it can be
  // harvested: a reset may follow at once.
  if (version.repaired) mem.store(ring.dirty_index, dirty_index + 1);
  mem.wmb(); // the entry before its flag: pairs with loadAcquire(flags) in harvest
  mem.write(entry.flags, F_DIRTY);
  if (!version.repaired) mem.store(ring.dirty_index, dirty_index + 1);

  if (version.softFullRequest && kvm_dirty_ring_soft_full(mem, ring)) mem.store(ring.request, 1);
}

/**
 * Whether the vCPU must exit, since the ring is almost full. Called by the vCPU that owns the ring.
 */
export function kvm_dirty_ring_soft_full(mem: Memory, ring: DirtyRing): boolean {
  return (mem.load(ring.dirty_index) - mem.load(ring.reset_index)) >>> 0 >= ring.soft_limit;
}

/** Before the vCPU enters the guest: whether it exits with KVM_EXIT_DIRTY_RING_FULL instead. */
export function kvm_dirty_ring_check_request(mem: Memory, ring: DirtyRing, version: Version): boolean {
  if (!version.softFullRequest) return kvm_dirty_ring_soft_full(mem, ring);
  if (mem.load(ring.request) === 0) return false;
  mem.store(ring.request, 0);
  if (!kvm_dirty_ring_soft_full(mem, ring)) return false;
  mem.store(ring.request, 1); // still full: the next entry must look again
  return true;
}
