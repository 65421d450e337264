import type { MemorySlot } from '../../kvm/kvm.ts';
import type { Cell } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';

/** Pages a word stands for. KVM's words have 64 bits; no step depends on that but the alignment that CLEAR asks for. */
export const WORD = 32;

/** memslot->dirty_bitmap: bit i of word w is page w * 32 + i. Shared by all who write to the slot, so bits change by atomic RMW only. */
export interface Bitmap {
  readonly slot: MemorySlot;
  readonly words: readonly Cell[];
}

export function layBitmap(layout: Layout, slot: MemorySlot): Bitmap {
  const words = Math.ceil(slot.npages / WORD);
  return {
    slot,
    words: Array.from({ length: words }, (_, i) => layout.cell(`bitmap${slot.slot}[${i}]`, 'u32')),
  };
}

/** set_bit_le: page `offset` is dirty. Atomic, as 31 neighbours share the word. */
export function set_bit(mem: Memory, bitmap: Bitmap, offset: number): void {
  mem.fetchOr(bitmap.words[Math.floor(offset / WORD)], 1 << (offset % WORD)); // after the data: pairs with xchg in get_dirty_log
}

/** The pages whose bits are set in `mask`, which stands for word `word`. */
export function pagesIn(mask: number, word: number): number[] {
  const pages: number[] = [];
  for (let i = 0; i < WORD; i++) if ((mask >>> i) & 1) pages.push(word * WORD + i);
  return pages;
}
