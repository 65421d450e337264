import type { Gfn } from '../kvm/kvm.ts';
import { u16 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { entryAt, type GfnRing } from './kvm_gfnring.ts';

/**
 * The userspace side: takes up to `max` entries, oldest first, and advances cons. Called by one
 * thread at a time. A page may be copied only after the next reset has returned.
 */
export function gfn_ring_harvest(mem: Memory, ring: GfnRing, max: number = ring.size): Gfn[] {
  const first = mem.load(ring.indices.cons);
  // Entries up to prod are complete: pairs with storeRelease(prod) in push
  const available = u16(mem.loadAcquire(ring.indices.prod) - first);
  const count = Math.min(available, max, ring.size);
  const gfns: Gfn[] = [];
  for (let i = 0; i < count; i++) {
    const entry = entryAt(ring, u16(first + i));
    gfns.push({ slot: mem.read(entry.slot), offset: mem.read64(entry.offset) });
  }
  // Entries before cons have been read: pairs with loadAcquire(cons) in reset
  if (count > 0) mem.storeRelease(ring.indices.cons, u16(first + count));
  return gfns;
}

/**
 * KVM_GET_DIRTY_COUNT without an ioctl: how many entries can be harvested. A later push may add to
 * it.
 */
export function gfn_ring_count(mem: Memory, ring: GfnRing): number {
  return u16(mem.load(ring.indices.prod) - mem.load(ring.indices.cons));
}
