/**
 * The dirty log of one slot as a sequential model: the set of pages whose bit is set. It imports nothing: a model that shares code with its subject proves
 * nothing. GET takes all of it; with manual protection GET only looks, and CLEAR takes what userspace names.
 */
export interface BitmapState {
  /** Pages of the slot. */
  readonly npages: number;
  /** Those whose bit is set, in ascending order. */
  readonly dirty: readonly number[];
}

export const emptyBitmap = (npages: number): BitmapState => ({ npages, dirty: [] });

/** KVM_DIRTY_LOG_INITIALLY_SET. */
export const fullBitmap = (npages: number): BitmapState => ({
  npages,
  dirty: Array.from({ length: npages }, (_, page) => page),
});

export function mark(bitmap: BitmapState, page: number): BitmapState {
  if (bitmap.dirty.includes(page)) return bitmap;
  return { ...bitmap, dirty: [...bitmap.dirty, page].sort((a, b) => a - b) };
}

/** Takes pages out; what is not in it stays out. */
export function dirtyBitmapClear(bitmap: BitmapState, pages: readonly number[]): BitmapState {
  return { ...bitmap, dirty: bitmap.dirty.filter((page) => !pages.includes(page)) };
}

/** Of the pages that a CLEAR names, those that it clears and write-protects. */
export const clearable = ({ dirty }: BitmapState, pages: readonly number[]): readonly number[] =>
  dirty.filter((page) => pages.includes(page));

/** Whether CLEAR takes this range: it begins at a multiple of 64, is as many pages long or ends with the slot, and lies within. */
export function isRange({ npages }: BitmapState, first: number, count: number): boolean {
  if (first % 64 !== 0 || first + count > npages) return false;
  return count % 64 === 0 || first + count === npages;
}
