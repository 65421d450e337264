import type { Gfn } from '../../kvm/kvm.ts';
import type { Memory } from '../../memory/memory.ts';
import { type DirtyRing, dirtyGfnAt, F_DIRTY, F_RESET } from './dirty_ring.ts';

/**
 * Userspace, as in QEMU: takes up to `max` dirty entries, oldest first, and flags each for reset.
 * One thread at a time. The pages may be copied only after KVM_RESET_DIRTY_RINGS has returned.
 */
export function dirty_ring_harvest(mem: Memory, ring: DirtyRing, max: number = ring.size): Gfn[] {
  const first = mem.load(ring.fetch_index);
  const gfns: Gfn[] = [];
  while (gfns.length < Math.min(max, ring.size)) {
    const entry = dirtyGfnAt(ring, first + gfns.length);
    // Before the entry is read: pairs with wmb() in push, storeRelease(flags) in reset.
    if (mem.loadAcquire(entry.flags) !== F_DIRTY) break;
    gfns.push({ slot: mem.read(entry.slot), offset: mem.read64(entry.offset) });
    // After the reads: pairs with loadAcquire(flags) in harvested
    mem.storeRelease(entry.flags, F_RESET);
  }
  if (gfns.length > 0) mem.store(ring.fetch_index, first + gfns.length);
  return gfns;
}
