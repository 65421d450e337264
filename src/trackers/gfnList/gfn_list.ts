import type { Cell, Cell64, Lock } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';

/** Bytes of an entry. The header before the first entry is as long. */
export const ENTRY_BYTES = 16;
/** Bytes of each index in the header; dirty_index is the first. */
export const INDEX_BYTES = 4;

/**
 * Lei Cao's gfn_list_t, as the mail's objections describe it. Userspace maps all of it, with the
 * indices. Indices count entries and never wrap.
 */
export interface GfnList {
  /**
   * Spinlock around a push, since all vCPUs share the list, and around a reset. The innermost lock.
   */
  readonly list_lock: Lock;
  /**
   * Where the next push writes. Push and reset write it. Userspace can write it, too, and push does
   * not mask it.
   */
  readonly dirty_index: Cell;
  /** Userspace may read the entries before it. Only KVM_GET_DIRTY_COUNT writes it. */
  readonly avail_index: Cell;
  /** Userspace has read the entries before it. Userspace writes it, reset reads it. */
  readonly fetch_index: Cell;
  readonly size: number;
  readonly soft_limit: number;
  readonly data: number;
  readonly bytes: number;
  readonly entries: readonly { readonly slot: Cell; readonly offset: Cell64 }[];
}

export function layGfnList(layout: Layout, size: number, leeway: number): GfnList {
  const list_lock = layout.lock('list_lock', 'spinlock');
  const bytes = (size + 1) * ENTRY_BYTES;
  const data = layout.region(bytes);
  const index = (name: string, i: number) => layout.cell(`list.${name}`, 'u32', data + INDEX_BYTES * i);
  const entries = Array.from({ length: size }, (_, i) => ({
    slot: layout.cell(`list[${i}].slot`, 'u32', data + (i + 1) * ENTRY_BYTES + 4),
    offset: layout.cell64(`list[${i}].offset`, data + (i + 1) * ENTRY_BYTES + 8),
  }));
  return {
    list_lock,
    dirty_index: index('dirty_index', 0),
    avail_index: index('avail_index', 1),
    fetch_index: index('fetch_index', 2),
    size,
    soft_limit: size - leeway,
    data,
    bytes,
    entries,
  };
}
