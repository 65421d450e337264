/**
 * Cao's list as a sequential model: what was pushed since the last reset, in order. It imports nothing: a model that shares code with its subject proves
 * nothing. Source: the mail's objections O1 to O3, which is all that is left of the patch.
 */
export interface ListState {
  /** Entries that it has room for. */
  readonly size: number;
  /** What was pushed since the last reset, oldest first: 0 <= fetched <= available <= entries.length <= size. */
  readonly entries: readonly ListEntry[];
  /** Of those, how many userspace was told of, and how many it has read. */
  readonly available: number;
  readonly fetched: number;
}

/** A page: `slot` is as_id << 16 | slot_id, `offset` counts pages from 0. */
export interface ListEntry {
  readonly slot: number;
  readonly offset: bigint;
}

export const emptyList = (size: number): ListState => ({ size, entries: [], available: 0, fetched: 0 });

export const isGfnListFull = ({ size, entries }: ListState): boolean => entries.length >= size;

/** There must be room. */
export const gfnListPush = (list: ListState, entry: ListEntry): ListState => ({
  ...list,
  entries: [...list.entries, entry],
});

/** KVM_GET_DIRTY_COUNT: userspace may read all that is there. */
export const announce = (list: ListState): ListState => ({ ...list, available: list.entries.length });

/** What userspace has been told of and has not read. */
export const fetchable = ({ entries, available, fetched }: ListState): readonly ListEntry[] =>
  entries.slice(fetched, available);

export const fetch = (list: ListState, count: number): ListState => ({ ...list, fetched: list.fetched + count });

/** The pages that a reset re-arms. */
export const gfnListResettable = ({ entries, fetched }: ListState): readonly ListEntry[] => entries.slice(0, fetched);

/** KVM_RESET_DIRTY_PAGES: the list begins anew. What was not fetched goes, too: it is to be called while nobody pushes. */
export const gfnListReset = ({ size }: ListState): ListState => emptyList(size);
