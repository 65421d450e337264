/**
 * The places of shared memory: cells of 8 to 64 bits, and locks.
 *
 * A cell is a range of bytes, so two cells may overlap: the mail has two u16 indices over the u32
 * pad of entry 0.
 */

/**
 * A word of 8, 16 or 32 bits, naturally aligned. Values are numbers from 0 to 2^bits - 1, or from
 * -2^(bits - 1) to 2^(bits - 1) - 1.
 */
export interface Cell {
  /** Distinguishes cells, 64-bit cells and locks. */
  readonly kind: 'cell';
  /** Its index in the layout's `places`. Traces contain it instead of the name. */
  readonly id: number;
  /** Its name in traces. */
  readonly name: string;
  /** Its width in bits. */
  readonly bits: 8 | 16 | 32;
  /** Whether its values are signed. */
  readonly signed: boolean;
  /** Byte offset from the start of the memory; a multiple of the width. */
  readonly offset: number;
}

/**
 * A word of 64 bits, naturally aligned. Values are bigints from 0n to 2^64 - 1n, or from -2^63 to
 * 2^63 - 1n.
 */
export interface Cell64 {
  /** Distinguishes cells, 64-bit cells and locks. */
  readonly kind: 'cell64';
  /** See `Cell.id`. */
  readonly id: number;
  /** Its name in traces. */
  readonly name: string;
  /** Its width in bits. */
  readonly bits: 64;
  /** Whether its values are signed. */
  readonly signed: boolean;
  /** Byte offset from the start of the memory; a multiple of 8. */
  readonly offset: number;
}

/**
 * A lock: a u32 that is 0 when free, and the holder's thread number + 1 when held. Schedulers,
 * properties and traces can read the holder from it. A thread that holds a `spinlock` must not
 * sleep.
 */
export interface Lock {
  /** Distinguishes cells, 64-bit cells and locks. */
  readonly kind: 'mutex' | 'spinlock';
  /** See `Cell.id`. */
  readonly id: number;
  /** Its name in traces. */
  readonly name: string;
  /** Its width in bits. */
  readonly bits: 32;
  /** Byte offset from the start of the memory; a multiple of 4. */
  readonly offset: number;
}

/** `value`, from 0 to 2^bits - 1, as a signed number. */
export const asSigned = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** What a cell with these bits, as an unsigned number, has as its value. */
export const cellValue = (cell: Cell, bits: number): number => (cell.signed ? asSigned(bits, cell.bits) : bits);
export const wideCellValue = (cell: Cell64, bits: bigint): bigint => (cell.signed ? BigInt.asIntN(64, bits) : bits);

/** The target of an access. */
export type Place = Cell | Cell64 | Lock;

/** `value` as an unsigned number of 16 bits. */
export const u16 = (value: number): number => value & 0xffff;

/** The value that a cell of `bits` bits holds after `value` was stored to it. */
export function wrap(value: number, bits: number): number {
  return bits === 32 ? value >>> 0 : value & ((1 << bits) - 1);
}
