/** Pages of one slot to re-arm in one call: page `offset + i` for each set bit i of `mask`. Bit 0 is set; `mask` has 64 bits. */
export interface ResetBatch {
  readonly slot: number;
  readonly offset: bigint;
  readonly mask: bigint;
}

/** `batch` with page `offset` in it too, which lies `delta` behind its first; or undefined when one call cannot take both. */
export function tryExtend(batch: ResetBatch, offset: bigint, delta: bigint): ResetBatch | undefined {
  if (delta >= 0n && delta < 64n) return { ...batch, mask: batch.mask | (1n << delta) };
  if (delta >= 0n || delta <= -64n) return undefined;
  const mask = batch.mask << -delta;
  return mask >> 64n === 0n ? { slot: batch.slot, offset, mask: mask | 1n } : undefined;
}
