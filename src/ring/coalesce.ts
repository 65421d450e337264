import { type Batch, extended } from '../kvm/batch.ts';

/** `batch` with page `offset` of `slot` in it too, or undefined when one call cannot take both. `offset` lies within the slot. */
export function coalesce(batch: Batch, slot: number, offset: bigint): Batch | undefined {
  // Exact: a difference cut to 32 or 64 bits would take far pages for near ones.
  return slot === batch.slot ? extended(batch, offset, offset - batch.offset) : undefined;
}
