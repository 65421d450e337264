import type { Place } from './cell.ts';

/**
 * The bytes that all threads of one execution share, as words. Plain arrays: the explorer runs in
 * one thread.
 */
export interface MemoryImage {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
}

/** The word at `place`; of a 64-bit cell its lower half. */
export function wordAt({ u8, u16, u32 }: MemoryImage, { bits, offset }: Place): number {
  if (bits >= 32) return u32[offset >>> 2];
  return bits === 16 ? u16[offset >>> 1] : u8[offset];
}

/** Stores a word of up to 32 bits. */
export function storeWord({ u8, u16, u32 }: MemoryImage, { bits, offset }: Place, value: number): void {
  if (bits === 32) u32[offset >>> 2] = value;
  else if (bits === 16) u16[offset >>> 1] = value;
  else u8[offset] = value;
}
