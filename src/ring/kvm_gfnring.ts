import type { Cell, Cell64 } from '../memory/cell.ts';

/** sizeof(struct kvm_dirty_gfn); the size of a page of the mapping. */
export const GFN_BYTES = 16;
export const PAGE_BYTES = 4096;

/**
 * The size is a power of two. Indices are free-running u16: with 65536 entries, a full ring would
 * look empty, and push would overwrite entries that are not harvested.
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

/** The first four bytes of the ring: the pad of entry 0. */
interface Indices {
  /** avail_index. Written by push, read by userspace. The kernel never reads it. */
  readonly prod: Cell;
  /** User fetch_index. Written by userspace, read once by reset. May hold any value. */
  readonly cons: Cell;
}

/** struct kvm_gfn_ring_t: the kernel's own data, and the mapped ring. */
export interface GfnRing {
  /** dirty_index. Free-running. Written by the vCPU that owns the ring, before `indices.prod`. */
  readonly prod_index: Cell;
  /**
   * Kernel fetch_index. Free-running. Written by reset with slots_lock held. Decides whether the
   * ring is full.
   */
  readonly cons_index: Cell;
  /** 1 while `data` is allocated. */
  readonly allocated: Cell;
  /** Number of entries: a power of two. */
  readonly size: number;
  /** A vCPU must stop when so many entries are in use: size - leeway. */
  readonly soft_limit: number;
  /** Byte offset of the mapped ring. */
  readonly data: number;
  readonly indices: Indices;
  readonly entries: readonly DirtyGfn[];
}

/** The entry of a free-running index. The only place where an index is masked. */
export function entryAt(ring: GfnRing, index: number): DirtyGfn {
  return ring.entries[index & (ring.size - 1)];
}
