import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded random numbers: 32 bits a call, signed. */
export interface Random {
  next(): number;
}

/** The random numbers of execution `index` of the campaign with `seed`: the same on every machine and in whatever order they are run. */
export function randomOf(seed: number, index: number): Random {
  return xoroshiro128plus(mix(mix(seed | 0) ^ Math.imul(index + 1, 0x9e3779b1)));
}

/** A whole number from 0 to n - 1, of the upper bits, which cost no division. n is small beside 2^32, so a bias below n / 2^32 is let be. */
export const uniformInt = (random: Random, n: number): number => Math.floor((random.next() >>> 0) * 2 ** -32 * n);

/**
 * One of `count` ways to take a step, of which 0 reads from the newest store: that one half of the time. Drawn evenly, an execution of many loads would hardly
 * ever make sense to its program.
 */
export const drawReadFrom = (random: Random, count: number): number =>
  random.next() & 64 ? 0 : uniformInt(random, count);

/** Spreads close seeds far apart (the finalizer of MurmurHash3; A. Appleby, public domain). */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
