import type { Memory } from '../memory/memory.ts';
import { GFN_BYTES, type GfnRing, PAGE_BYTES } from './kvm_gfnring.ts';

/** Pages in the mapping of a ring; at least one. */
const pagesOf = (ring: GfnRing): number => Math.ceil((ring.size * GFN_BYTES) / PAGE_BYTES);

/**
 * For the fault handler of userspace's mapping: the byte offset in memory of page `i` of the ring.
 * Undefined (SIGBUS) for every other index, and for a ring that was freed.
 */
export function kvm_gfn_ring_get_page(mem: Memory, ring: GfnRing, i: number): number | undefined {
  if (!Number.isInteger(i) || i < 0 || i >= pagesOf(ring)) return undefined;
  if (mem.load(ring.allocated) === 0) return undefined;
  return ring.data + i * PAGE_BYTES;
}
