/**
 * The places of shared memory: cells of 8 to 64 bits, and locks.
 *
 * A cell is a byte range, so two cells may overlap: the mail lays two u16 indices over the u32 pad of entry 0.
 */

/** An unsigned word of 8, 16 or 32 bits, naturally aligned. Values are numbers from 0 to 2^bits - 1. */
export interface Cell {
  /** Tells the kinds of places apart. */
  readonly kind: 'cell';
  /** Index in the layout's `places`; what a trace holds instead of the name. */
  readonly id: number;
  /** As traces show it. */
  readonly name: string;
  /** Its width. */
  readonly bits: 8 | 16 | 32;
  /** Byte offset from the start of the memory; a multiple of the width. */
  readonly offset: number;
}

/** An unsigned word of 64 bits, naturally aligned. Values are bigints from 0n to 2^64 - 1n. */
export interface Cell64 {
  /** Tells the kinds of places apart. */
  readonly kind: 'cell64';
  /** As of a `Cell`. */
  readonly id: number;
  /** As traces show it. */
  readonly name: string;
  /** Its width. */
  readonly bits: 64;
  /** Byte offset from the start of the memory; a multiple of 8. */
  readonly offset: number;
}

/**
 * A lock: a u32 in memory that is 0 when free and the holder's thread number + 1 when held, so that schedulers,
 * properties and traces see who holds it. A thread that waits for a `spinlock` never sleeps; a thread that holds one must not.
 */
export interface Lock {
  /** Tells the kinds of places apart. */
  readonly kind: 'mutex' | 'spinlock';
  /** As of a `Cell`. */
  readonly id: number;
  /** As traces show it. */
  readonly name: string;
  /** Its width. */
  readonly bits: 32;
  /** Byte offset from the start of the memory; a multiple of 4. */
  readonly offset: number;
}

/** What an access is to. */
export type Place = Cell | Cell64 | Lock;

/** `value` as an unsigned number of 16 bits. */
export const u16 = (value: number): number => value & 0xffff;

/** The value that a cell of `bits` bits holds after `value` was stored to it. */
export function wrap(value: number, bits: number): number {
  return bits === 32 ? value >>> 0 : value & ((1 << bits) - 1);
}
