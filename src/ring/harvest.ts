import type { Gfn } from '../kvm/kvm.ts';
import { u16 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { entryAt, type GfnRing } from './kvm_gfnring.ts';

/**
 * Userspace's half: takes up to `max` entries, oldest first, and tells the kernel so. Called by one thread at a time. The pages may
 * be copied only after the next reset has returned.
 */
export function gfn_ring_harvest(mem: Memory, ring: GfnRing, max: number = ring.size): Gfn[] {
  const first = mem.load(ring.indices.cons);
  const available = u16(mem.loadAcquire(ring.indices.prod) - first); // pairs with storeRelease(prod) in push
  const count = Math.min(available, max, ring.size);
  const gfns: Gfn[] = [];
  for (let i = 0; i < count; i++) {
    const entry = entryAt(ring, u16(first + i));
    gfns.push({ slot: mem.read(entry.slot), offset: mem.read64(entry.offset) });
  }
  if (count > 0) mem.storeRelease(ring.indices.cons, u16(first + count)); // after the reads: pairs with loadAcquire(cons) in reset
  return gfns;
}

/** What KVM_GET_DIRTY_COUNT gave: how many entries can be harvested. Userspace needs no ioctl for it. May be stale on the low side. */
export function gfn_ring_count(mem: Memory, ring: GfnRing): number {
  return u16(mem.load(ring.indices.prod) - mem.load(ring.indices.cons));
}
