import { type ResetBatch, tryExtend } from '../kvm/resetBatch.ts';

/** `batch` with page `offset` of `slot` in it too, or undefined when one call cannot take both. `offset` lies within the slot. */
export function coalesce(batch: ResetBatch, slot: number, offset: bigint): ResetBatch | undefined {
  // Exact: a difference cut to 32 or 64 bits would take far pages for near ones.
  return slot === batch.slot ? tryExtend(batch, offset, offset - batch.offset) : undefined;
}
