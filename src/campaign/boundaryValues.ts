import type { VmSpec } from '../vm/spec.ts';

/** What a hostile thread writes: the ends of each width, what is one off, and what is about right for this VM. */
export function hostileValues({ rings, index }: VmSpec): readonly bigint[] {
  const near = rings.flatMap(({ size }) => [size - 1, size, size + 1]);
  const about = [0, 1, 2, 3, ...near].flatMap((n) => [BigInt(n), BigInt(index + n)]);
  const ends = [7n, 8n, 15n, 16n, 31n, 32n, 63n, 64n].flatMap((bits) => [
    (1n << bits) - 1n,
    1n << bits,
    (1n << bits) - 2n,
  ]);
  return [...about, ...ends];
}
