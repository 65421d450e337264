import type { Cell, Cell64 } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';

/** Bytes of a struct kvm_dirty_gfn. */
export const DIRTY_GFN_BYTES = 16;

/** Flags of an entry. 0: invalid; bit 0: dirty; bit 1: harvested by userspace, waits for reset. */
export const F_DIRTY = 1;
export const F_RESET = 2;

/** struct kvm_dirty_gfn. Userspace maps it, and may write all of it at any time. */
interface DirtyGfn {
  readonly flags: Cell;
  readonly slot: Cell;
  readonly offset: Cell64;
}

/**
 * struct kvm_dirty_ring, one for each vCPU. Indices are free-running u32: only `dirtyGfnAt` masks
 * them.
 */
export interface DirtyRing {
  /** Only the vCPU that owns the ring writes it. */
  readonly dirty_index: Cell;
  /** Only reset writes it, with slots_lock held. */
  readonly reset_index: Cell;
  /** 1: KVM_REQ_DIRTY_RING_SOFT_FULL is pending. Only the vCPU itself sets and clears it. */
  readonly request: Cell;
  /** How often the kernel warned that the ring was full, which should never happen. */
  readonly warned: Cell;
  readonly size: number;
  readonly soft_limit: number;
  readonly data: number;
  readonly bytes: number;
  readonly dirty_gfns: readonly DirtyGfn[];
  /** Private to userspace: where it harvests next. */
  readonly fetch_index: Cell;
}

export function layDirtyRing(layout: Layout, name: string, size: number, leeway: number): DirtyRing {
  const cell = (field: string) => layout.cell(`${name}.${field}`, 'u32');
  const [dirty_index, reset_index, request, warned, fetch_index] = [
    cell('dirty_index'),
    cell('reset_index'),
    cell('request'),
    cell('warned'),
    cell('fetch_index'),
  ];
  const bytes = size * DIRTY_GFN_BYTES;
  const data = layout.region(bytes);
  const dirty_gfns = Array.from({ length: size }, (_, i) => ({
    flags: layout.cell(`${name}[${i}].flags`, 'u32', data + i * DIRTY_GFN_BYTES),
    slot: layout.cell(`${name}[${i}].slot`, 'u32', data + i * DIRTY_GFN_BYTES + 4),
    offset: layout.cell64(`${name}[${i}].offset`, data + i * DIRTY_GFN_BYTES + 8),
  }));
  const soft_limit = size - leeway;
  return { dirty_index, reset_index, request, warned, fetch_index, size, soft_limit, data, bytes, dirty_gfns };
}

/** The entry at a free-running index. */
export function dirtyGfnAt(ring: DirtyRing, index: number): DirtyGfn {
  return ring.dirty_gfns[index & (ring.size - 1)];
}
