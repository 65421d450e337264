import { EINVAL } from '../kvm/errors.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { GFN_BYTES, type GfnRing, SIZE_MAX, SIZE_MIN } from './kvm_gfnring.ts';

/**
 * Allocates a ring of `size` entries. Of these, `leeway` (0 to size - 1) stay free for what a vCPU
 * pushes before it can stop. Returns -EINVAL when size is not a power of two from 2 to 32768, or
 * leeway is out of range. The memory is zeroed before it is mapped. Userspace must not see old
 * kernel data, and the kernel must not clear indices that are in use.
 */
export function kvm_gfn_ring_alloc(layout: Layout, name: string, size: number, leeway = 0): GfnRing | number {
  if (!Number.isInteger(size) || size < SIZE_MIN || size > SIZE_MAX || (size & (size - 1)) !== 0) return -EINVAL;
  if (!Number.isInteger(leeway) || leeway < 0 || leeway >= size) return -EINVAL;

  const prod_index = layout.cell(`${name}.prod_index`, 'u16');
  const cons_index = layout.cell(`${name}.cons_index`, 'u16');
  const allocated = layout.cell(`${name}.allocated`, 'u32');

  const data = layout.region(size * GFN_BYTES);
  const indices = {
    prod: layout.cell(`${name}.prod`, 'u16', data),
    cons: layout.cell(`${name}.cons`, 'u16', data + 2),
  };
  const entries = Array.from({ length: size }, (_, i) => ({
    slot: layout.cell(`${name}[${i}].slot`, 'u32', data + i * GFN_BYTES + 4),
    offset: layout.cell64(`${name}[${i}].offset`, data + i * GFN_BYTES + 8),
  }));
  return { prod_index, cons_index, allocated, size, soft_limit: size - leeway, data, indices, entries };
}

/**
 * Frees the ring: `kvm_gfn_ring_get_page` fails from here on. Called when its vCPU can no longer
 * run.
 */
export function kvm_gfn_ring_free(mem: Memory, ring: GfnRing): void {
  mem.store(ring.allocated, 0);
}
