import { EBUSY } from '../kvm/errors.ts';
import { u16 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { entryAt, type GfnRing } from './kvm_gfnring.ts';

/**
 * Adds one entry. Returns the number of entries in use after it, or -EBUSY when the ring was full and nothing was changed.
 * Called by the vCPU that owns the ring, so it needs no lock. The count may be stale on the high side: a reset may have run since.
 */
export function kvm_gfn_ring_push(mem: Memory, ring: GfnRing, slot: number, offset: bigint): number {
  const prod = mem.load(ring.prod_index);
  const used = u16(prod - mem.loadAcquire(ring.cons_index)); // pairs with storeRelease(cons_index) in reset: it has read what we overwrite
  if (used >= ring.size) return -EBUSY;

  const entry = entryAt(ring, prod);
  mem.write(entry.slot, slot); // never the pad: entry 0's holds the indices
  mem.write64(entry.offset, offset);
  mem.store(ring.prod_index, u16(prod + 1)); // ours first: whoever answers the shared one must find it in range
  mem.storeRelease(ring.indices.prod, u16(prod + 1)); // announces all of the above: pairs with loadAcquire(prod) in harvest
  return used + 1;
}

/** Whether so many entries are in use that the vCPU must stop before it enters the guest again. Called by the vCPU that owns the ring. */
export function kvm_gfn_ring_soft_full(mem: Memory, ring: GfnRing): boolean {
  return u16(mem.load(ring.prod_index) - mem.load(ring.cons_index)) >= ring.soft_limit;
}
