/**
 * Pages of one slot to re-arm in one call: `offset + i` for each set bit i of the 64-bit `mask`.
 * Bit 0 is set.
 */
export interface ResetBatch {
  readonly slot: number;
  readonly offset: bigint;
  readonly mask: bigint;
}

/**
 * Adds page `offset`, which is first page + `delta`, to `batch`. Returns undefined when one call
 * cannot re-arm both.
 */
export function tryExtend(batch: ResetBatch, offset: bigint, delta: bigint): ResetBatch | undefined {
  if (delta >= 0n && delta < 64n) return { ...batch, mask: batch.mask | (1n << delta) };
  if (delta >= 0n || delta <= -64n) return undefined;
  const mask = batch.mask << -delta;
  return mask >> 64n === 0n ? { slot: batch.slot, offset, mask: mask | 1n } : undefined;
}
