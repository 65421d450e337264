import { EBUSY } from '../kvm/errors.ts';
import { u16 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { entryAt, type GfnRing } from './kvm_gfnring.ts';

/**
 * Adds one entry. Returns the number of entries in use after it, or -EBUSY when the ring was full
 * and the entry could not be added. A reset may have lowered the number since. Called by the vCPU
 * that owns the ring; needs no lock.
 */
export function kvm_gfn_ring_push(mem: Memory, ring: GfnRing, slot: number, offset: bigint): number {
  const prod = mem.load(ring.prod_index);
  // Reset has read the entry that we overwrite: pairs with storeRelease(cons_index) in reset
  const used = u16(prod - mem.loadAcquire(ring.cons_index));
  if (used >= ring.size) return -EBUSY;

  const entry = entryAt(ring, prod);
  mem.write(entry.slot, slot); // never the pad: that of entry 0 has the indices
  mem.write64(entry.offset, offset);
  // Before indices.prod: reset rejects a cons that is ahead of prod_index.
  mem.store(ring.prod_index, u16(prod + 1));
  // Publishes all of the above: pairs with loadAcquire(prod) in harvest
  mem.storeRelease(ring.indices.prod, u16(prod + 1));
  return used + 1;
}

/**
 * Whether the vCPU must stop before it enters the guest again. Called by the vCPU that owns the
 * ring.
 */
export function kvm_gfn_ring_soft_full(mem: Memory, ring: GfnRing): boolean {
  return u16(mem.load(ring.prod_index) - mem.load(ring.cons_index)) >= ring.soft_limit;
}
