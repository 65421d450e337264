/** Pages of one slot to re-arm in one call: page `offset + i` for each set bit i of `mask`. Bit 0 is set; `mask` has 64 bits. */
export interface Batch {
  readonly slot: number;
  readonly offset: bigint;
  readonly mask: bigint;
}

/** `batch` with page `offset` of `slot` in it too, or undefined when one call cannot take both. `offset` lies within the slot. */
export function coalesce(batch: Batch, slot: number, offset: bigint): Batch | undefined {
  if (slot !== batch.slot) return undefined;
  const delta = offset - batch.offset; // exact: a difference cut to 32 or 64 bits would take far pages for near ones
  if (delta >= 0n && delta < 64n) return { slot, offset: batch.offset, mask: batch.mask | (1n << delta) };
  if (delta >= 0n || delta <= -64n) return undefined;
  const mask = batch.mask << -delta;
  return mask >> 64n === 0n ? { slot, offset, mask: mask | 1n } : undefined;
}
