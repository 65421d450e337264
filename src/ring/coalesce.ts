import { type ResetBatch, tryExtend } from '../kvm/resetBatch.ts';

/**
 * Adds page `offset` of `slot` to `batch`. Returns undefined when one call cannot re-arm both.
 * `offset` is inside the slot.
 */
export function coalesce(batch: ResetBatch, slot: number, offset: bigint): ResetBatch | undefined {
  // Exact: truncated to 32 or 64 bits, the difference of distant pages could be small.
  return slot === batch.slot ? tryExtend(batch, offset, offset - batch.offset) : undefined;
}
