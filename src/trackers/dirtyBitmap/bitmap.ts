import type { Gfn, MemorySlot } from '../../kvm/kvm.ts';
import type { Cell } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Reader } from '../interface/tracker.ts';

/** Pages a word stands for. KVM's words have 64 bits; no step depends on that but the alignment that CLEAR asks for. */
export const WORD = 32;

/** memslot->dirty_bitmap: bit i of word w is page w * 32 + i. Shared by all who write to the slot, so bits change by atomic RMW only. */
export interface Bitmap {
  readonly slot: MemorySlot;
  /** How many words there are. */
  readonly words: number;
  /** Word `i`. A call, as a guest of a terabyte has more words than anybody would hold cells for. */
  word(i: number): Cell;
}

export function layBitmap(layout: Layout, slot: MemorySlot): Bitmap {
  const words = Math.ceil(slot.npages / WORD);
  const cells = Array.from({ length: words }, (_, i) => layout.cell(`bitmap${slot.slot}[${i}]`, 'u32'));
  return { slot, words, word: (i) => cells[i] };
}

/** Userspace's copy of a bitmap, private to the caller. */
export interface UserBuffer {
  [word: number]: number;
  readonly length: number;
}

/** set_bit_le: page `offset` is dirty. Atomic, as 31 neighbours share the word. */
export function set_bit(mem: Memory, bitmap: Bitmap, offset: number): void {
  const word = bitmap.word(Math.floor(offset / WORD));
  mem.fetchOr(word, 1 << (offset % WORD)); // after the host's data: pairs with xchg(word) in KVM_GET_DIRTY_LOG
}

/** The lowest `count` bits of a word: of the last word of a slot, those that stand for pages. */
export const lowBitsMask = (count: number): number => (count >= WORD ? 0xffffffff : (1 << Math.max(0, count)) - 1);

/** The slot was deleted. */
export function clearBits(mem: Memory, { words, word }: Bitmap): void {
  for (let i = 0; i < words; i++) mem.store(word(i), 0);
}

/** The pages whose bits are set in userspace's copy, in order. */
export function gfnsOf({ slot: { slot } }: Bitmap, buffer: UserBuffer): Gfn[] {
  const gfns: Gfn[] = [];
  for (let word = 0; word < buffer.length; word++)
    for (let rest = buffer[word]; rest !== 0; rest = (rest & (rest - 1)) >>> 0)
      gfns.push({ slot, offset: BigInt(word * WORD + lowestBit(rest)) });
  return gfns;
}

/** For properties, at rest: the pages whose bits are set. */
export function recordedIn(bitmap: Bitmap, read: Reader['read']): Gfn[] {
  return gfnsOf(
    bitmap,
    Array.from({ length: bitmap.words }, (_, i) => read(bitmap.word(i))),
  );
}

/** The number of the lowest bit that is set. */
const lowestBit = (mask: number): number => 31 - Math.clz32(mask & -mask);
