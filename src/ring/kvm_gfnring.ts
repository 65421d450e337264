import type { Cell, Cell64 } from '../memory/cell.ts';

/** Bytes of a `struct kvm_dirty_gfn`, and of a page of the mapping. */
export const GFN_BYTES = 16;
export const PAGE_BYTES = 4096;

/**
 * Powers of two from 2 to 32768. Indices are free-running u16, so a ring of 65536 entries could not tell full from empty: 65536 is 0
 * modulo 2^16, and the producer would overwrite what nobody has harvested.
 */
export const SIZE_MIN = 2;
export const SIZE_MAX = 32768;

/** struct kvm_dirty_gfn: 16 bytes that userspace maps and may write at any time. */
export interface DirtyGfn {
  /** as_id << 16 | slot_id */
  readonly slot: Cell;
  /** Page number within the slot. */
  readonly offset: Cell64;
}

/** The first four bytes of the ring: entry 0's pad, which no entry uses. */
interface Indices {
  /** avail_index: written by push alone, read by userspace alone. The kernel never reads it back. */
  readonly prod: Cell;
  /** User fetch_index: written by userspace, read by reset, once. May hold anything. */
  readonly cons: Cell;
}

/** struct kvm_gfn_ring_t: what the kernel keeps to itself, and the mapped ring behind it. */
export interface GfnRing {
  /** dirty_index. Free-running; masked only in entryAt. Written by the vCPU that owns the ring, before `indices.prod`. */
  readonly prod_index: Cell;
  /** Kernel fetch_index. Free-running; masked only in entryAt. Written under slots_lock, by reset; decides what is full. */
  readonly cons_index: Cell;
  /** 1 while `data` is allocated. */
  readonly allocated: Cell;
  /** Entries: a power of two. */
  readonly size: number;
  /** Entries in use from which a vCPU must stop: size - leeway. */
  readonly soft_limit: number;
  /** Byte offset of the mapped ring. */
  readonly data: number;
  readonly indices: Indices;
  readonly entries: readonly DirtyGfn[];
}

/** The entry that free-running index `index` stands for. The only place where an index is masked. */
export function entryAt(ring: GfnRing, index: number): DirtyGfn {
  return ring.entries[index & (ring.size - 1)];
}
