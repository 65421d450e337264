/**
 * The sequential model of one slot's dirty bitmap: the set of pages whose bit is set.
 * KVM_GET_DIRTY_LOG returns it and clears it. With manual protection it only returns it, and
 * KVM_CLEAR_DIRTY_LOG clears the pages that userspace names.
 */
export interface DirtyBitmapState {
  /** The number of pages of the slot. */
  readonly npages: number;
  /** The pages whose bit is set, in ascending order. */
  readonly dirty: readonly number[];
}

export const emptyDirtyBitmap = (npages: number): DirtyBitmapState => ({ npages, dirty: [] });

/** The initial state with KVM_DIRTY_LOG_INITIALLY_SET. */
export const fullDirtyBitmap = (npages: number): DirtyBitmapState => ({
  npages,
  dirty: Array.from({ length: npages }, (_, page) => page),
});

export function dirtyBitmapMark(bitmap: DirtyBitmapState, page: number): DirtyBitmapState {
  if (bitmap.dirty.includes(page)) return bitmap;
  return { ...bitmap, dirty: [...bitmap.dirty, page].sort((a, b) => a - b) };
}

/** Clears the bits of pages; some may be clear already. */
export function dirtyBitmapClear(bitmap: DirtyBitmapState, pages: readonly number[]): DirtyBitmapState {
  return { ...bitmap, dirty: bitmap.dirty.filter((page) => !pages.includes(page)) };
}

/** The pages that KVM_CLEAR_DIRTY_LOG clears and write-protects, if it names `pages`. */
export const dirtyBitmapClearable = ({ dirty }: DirtyBitmapState, pages: readonly number[]): readonly number[] =>
  dirty.filter((page) => pages.includes(page));

/**
 * Whether KVM_CLEAR_DIRTY_LOG accepts a range: it lies within the slot and starts at a multiple of
 * 64. Its length is a multiple of 64, or it ends with the slot.
 */
export function isRange({ npages }: DirtyBitmapState, first: number, count: number): boolean {
  if (first % 64 !== 0 || first + count > npages) return false;
  return count % 64 === 0 || first + count === npages;
}
