import { type Random, uniformInt } from '../random.ts';

/** Draws one of `threads` in proportion to the weights. A weight below 1 counts as 1. */
export function weightedChoice(random: Random, threads: number, weights: Int32Array): number {
  let sum = 0;
  for (let t = 0, rest = threads; rest !== 0; t++, rest >>>= 1) if (rest & 1) sum += Math.max(1, weights[t]);
  let at = uniformInt(random, sum);
  for (let t = 0, rest = threads; ; t++, rest >>>= 1) {
    if ((rest & 1) === 0) continue;
    at -= Math.max(1, weights[t]);
    if (at < 0) return t;
  }
}
