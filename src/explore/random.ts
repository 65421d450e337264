import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { finalizeHash } from './hash.ts';

/** A seeded generator of random numbers: signed 32-bit integers. */
export interface Random {
  next(): number;
}

/**
 * The generator of execution number `index` under `seed`. Its numbers depend on these two alone,
 * not on the machine or on the order in which executions are run.
 */
export function randomOf(seed: number, index: number): Random {
  return xoroshiro128plus(finalizeHash(finalizeHash(seed | 0) ^ Math.imul(index + 1, 0x9e3779b1)));
}

/** A whole number from 0 to n - 1, from the upper bits. The bias is below n / 2^32. */
export const uniformInt = (random: Random, n: number): number => Math.floor((random.next() >>> 0) * 2 ** -32 * n);

/**
 * Draws one of `count` reads-from choices. Choice 0 reads from the newest store; it is drawn half
 * of the time, and otherwise all are equally likely. If all draws were even, an execution with many
 * loads would hardly ever get far. Bit 6 of a draw decides: any one bit is as good as another, and
 * recorded seeds depend on this one.
 */
export const drawReadFrom = (random: Random, count: number): number =>
  random.next() & 64 ? 0 : uniformInt(random, count);
