/**
 * The sequential model of the merged ring: entries with flags, and counts that never wrap. A push
 * makes an entry dirty, userspace makes it harvested, and a reset makes it invalid again. Each
 * entry of a call is one atomic step, as userspace may flag more entries during a reset.
 */
export interface DirtyRingState {
  /** Push number n writes entry n modulo the size. */
  readonly entries: readonly FlaggedEntry[];
  /**
   * How many entries were pushed, harvested and reset so far. With honest userspace and enough
   * leeway, reset <= harvested <= pushed <= reset + entries.length.
   */
  readonly pushed: number;
  readonly harvested: number;
  readonly reset: number;
}

export interface FlaggedEntry {
  /** Invalid, dirty or harvested; any value if userspace is hostile. */
  readonly flags: number;
  readonly slot: number;
  readonly offset: bigint;
}

export const DIRTY_RING_INVALID = 0;
export const DIRTY = 1;
export const HARVESTED = 2;

const NOTHING: FlaggedEntry = { flags: DIRTY_RING_INVALID, slot: 0, offset: 0n };

export const emptyDirtyRing = (size: number): DirtyRingState => ({
  entries: Array.from({ length: size }, () => NOTHING),
  pushed: 0,
  harvested: 0,
  reset: 0,
});

/** Whether a push overwrites an entry that is in use, with a warning. */
export const isDirtyRingFull = ({ entries, pushed, reset }: DirtyRingState): boolean =>
  pushed - reset >= entries.length;

/**
 * Whether a vCPU must exit instead of entering the guest. If a reset has overtaken the pushes, KVM
 * computes almost 2^32 used entries.
 */
export const isSoftFull = ({ pushed, reset }: DirtyRingState, limit: number): boolean =>
  reset > pushed || pushed - reset >= limit;

export const dirtyRingPush = (ring: DirtyRingState, slot: number, offset: bigint): DirtyRingState => ({
  ...withEntry(ring, ring.pushed, { flags: DIRTY, slot, offset }),
  pushed: ring.pushed + 1,
});

/** The entry that userspace harvests next; undefined: none. */
export function dirtyRingHarvestable(ring: DirtyRingState): FlaggedEntry | undefined {
  const entry = dirtyRingEntry(ring, ring.harvested);
  return entry.flags === DIRTY ? entry : undefined;
}

export const dirtyRingHarvest = (ring: DirtyRingState): DirtyRingState => ({
  ...withEntry(ring, ring.harvested, { ...dirtyRingEntry(ring, ring.harvested), flags: HARVESTED }),
  harvested: ring.harvested + 1,
});

/** The entry that a reset processes next; undefined: none. It tests one bit of the flags. */
export function dirtyRingResettable(ring: DirtyRingState): FlaggedEntry | undefined {
  const entry = dirtyRingEntry(ring, ring.reset);
  return (entry.flags & HARVESTED) !== 0 ? entry : undefined;
}

export const dirtyRingReset = (ring: DirtyRingState): DirtyRingState => ({
  ...withEntry(ring, ring.reset, { ...dirtyRingEntry(ring, ring.reset), flags: DIRTY_RING_INVALID }),
  reset: ring.reset + 1,
});

/** Hostile userspace writes words of entry `count` modulo the size. */
export const dirtyRingPoke = (ring: DirtyRingState, count: number, words: Partial<FlaggedEntry>): DirtyRingState =>
  withEntry(ring, count, { ...dirtyRingEntry(ring, count), ...words });

export const dirtyRingEntry = ({ entries }: DirtyRingState, count: number): FlaggedEntry =>
  entries[count % entries.length];

function withEntry(ring: DirtyRingState, count: number, entry: FlaggedEntry): DirtyRingState {
  const entries = ring.entries.slice();
  entries[count % entries.length] = entry;
  return { ...ring, entries };
}
