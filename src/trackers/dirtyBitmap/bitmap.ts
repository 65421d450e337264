import type { Gfn, MemorySlot } from '../../kvm/kvm.ts';
import type { Cell } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Reader } from '../interface/tracker.ts';

/**
 * Pages per word. KVM's words have 64 bits. Only the alignment that CLEAR requires depends on that.
 */
export const WORD = 32;

/**
 * memslot->dirty_bitmap: bit i of word w is page w * 32 + i. All threads that write to the slot
 * share it, so bits change only by atomic read-modify-writes.
 */
export interface Bitmap {
  readonly slot: MemorySlot;
  /** The number of words. */
  readonly words: number;
  /** Word `i`. A function, since a large guest has too many words for a cell each. */
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

/** set_bit_le: page `offset` is dirty. Atomic, since 31 other pages share the word. */
export function set_bit(mem: Memory, bitmap: Bitmap, offset: number): void {
  const word = bitmap.word(Math.floor(offset / WORD));
  // After the data that was written: pairs with xchg(word) in KVM_GET_DIRTY_LOG.
  mem.fetchOr(word, 1 << (offset % WORD));
}

/** The lowest `count` bits of a word. In the last word of a slot, only these stand for pages. */
export const lowBitsMask = (count: number): number => (count >= WORD ? 0xffffffff : (1 << Math.max(0, count)) - 1);

/** Clears all bits: the slot was deleted. */
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

/** For properties, at quiescence: the pages whose bits are set. */
export function recordedInBitmap(bitmap: Bitmap, read: Reader['read']): Gfn[] {
  return gfnsOf(
    bitmap,
    Array.from({ length: bitmap.words }, (_, i) => read(bitmap.word(i))),
  );
}

/** The position of the lowest set bit. */
const lowestBit = (mask: number): number => 31 - Math.clz32(mask & -mask);
