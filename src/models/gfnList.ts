/**
 * The sequential model of Cao's list: the entries pushed since the last reset, in order. Its source
 * is the mail's objections O1 to O3; the patch itself is lost.
 */
export interface GfnListState {
  /** The capacity, in entries. */
  readonly size: number;
  /**
   * The entries since the last reset, oldest first. fetched <= available <= entries.length <= size.
   */
  readonly entries: readonly GfnListEntry[];
  /** How many of them were announced to userspace. */
  readonly available: number;
  /** How many of them userspace has read. */
  readonly fetched: number;
}

/** A page: `slot` is as_id << 16 | slot_id, `offset` counts pages from 0. */
export interface GfnListEntry {
  readonly slot: number;
  readonly offset: bigint;
}

export const emptyGfnList = (size: number): GfnListState => ({ size, entries: [], available: 0, fetched: 0 });

export const isGfnListFull = ({ size, entries }: GfnListState): boolean => entries.length >= size;

/** The list must not be full. */
export const gfnListPush = (list: GfnListState, entry: GfnListEntry): GfnListState => ({
  ...list,
  entries: [...list.entries, entry],
});

/** KVM_GET_DIRTY_COUNT: announces all entries. */
export const gfnListAnnounce = (list: GfnListState): GfnListState => ({ ...list, available: list.entries.length });

/** The entries that are announced and not read. */
export const gfnListFetchable = ({ entries, available, fetched }: GfnListState): readonly GfnListEntry[] =>
  entries.slice(fetched, available);

export const gfnListFetch = (list: GfnListState, count: number): GfnListState => ({
  ...list,
  fetched: list.fetched + count,
});

/** The entries whose pages a reset re-arms. */
export const gfnListResettable = ({ entries, fetched }: GfnListState): readonly GfnListEntry[] =>
  entries.slice(0, fetched);

/**
 * KVM_RESET_DIRTY_PAGES: empties the list. Entries that were not read are lost, so no thread may
 * push during it.
 */
export const gfnListReset = ({ size }: GfnListState): GfnListState => emptyGfnList(size);
