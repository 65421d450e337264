/** Mixes two 32-bit words into one (multiply and xor-shift, with constants of MurmurHash3). */
export function mixHash(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * The 32-bit finalizer of MurmurHash3 (A. Appleby, public domain): maps close numbers far apart.
 */
export function finalizeHash(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** HOT. An unsigned 32-bit hash of the first `length` words of `words`. */
export function hashWords(words: Uint32Array, length: number): number {
  let h = length;
  for (let i = 0; i < length; i++) {
    h = Math.imul(h ^ words[i], 0x9e3779b1);
    h ^= h >>> 15;
  }
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Joins two 32-bit hashes to one of 53 bits: a whole number from 0 to 2^53 - 1. */
export const join53 = (a: number, b: number): number => (a >>> 0) * 0x200000 + (b >>> 11);
