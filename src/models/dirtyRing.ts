/**
 * The ring as merged, as a sequential model: entries with a state each, and counts that never wrap. It imports nothing: a model that shares code with its
 * subject proves nothing. An entry goes from invalid to dirty (push), to harvested (userspace), to invalid (reset). A call is as many moments as it takes
 * entries: userspace may flag more of them while a reset is on its way.
 */
export interface DirtyRingState {
  /** Where push n writes is entry n modulo that many. */
  readonly entries: readonly FlaggedEntry[];
  /** Entries ever pushed, ever harvested, ever reset: reset <= harvested <= pushed <= reset + entries.length where userspace is honest and has leeway. */
  readonly pushed: number;
  readonly harvested: number;
  readonly reset: number;
}

export interface FlaggedEntry {
  /** Whatever hostile userspace writes; else INVALID, DIRTY or HARVESTED. */
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

/** Whether a push comes with a warning, and overwrites what is there. */
export const isDirtyRingFull = ({ entries, pushed, reset }: DirtyRingState): boolean =>
  pushed - reset >= entries.length;

/** Whether a vCPU must not enter the guest. A reset that has overtaken the pushes leaves a distance of almost 2^32. */
export const isSoftFull = ({ pushed, reset }: DirtyRingState, limit: number): boolean =>
  reset > pushed || pushed - reset >= limit;

export const dirtyRingPush = (ring: DirtyRingState, slot: number, offset: bigint): DirtyRingState => ({
  ...withEntry(ring, ring.pushed, { flags: DIRTY, slot, offset }),
  pushed: ring.pushed + 1,
});

/** The entry that userspace takes next; undefined: there is none. */
export function dirtyRingHarvestable(ring: DirtyRingState): FlaggedEntry | undefined {
  const entry = dirtyRingEntry(ring, ring.harvested);
  return entry.flags === DIRTY ? entry : undefined;
}

export const dirtyRingHarvest = (ring: DirtyRingState): DirtyRingState => ({
  ...withEntry(ring, ring.harvested, { ...dirtyRingEntry(ring, ring.harvested), flags: HARVESTED }),
  harvested: ring.harvested + 1,
});

/** The entry that a reset takes next; undefined: there is none. It looks at one bit of the flags. */
export function dirtyRingResettable(ring: DirtyRingState): FlaggedEntry | undefined {
  const entry = dirtyRingEntry(ring, ring.reset);
  return (entry.flags & HARVESTED) !== 0 ? entry : undefined;
}

export const dirtyRingReset = (ring: DirtyRingState): DirtyRingState => ({
  ...withEntry(ring, ring.reset, { ...dirtyRingEntry(ring, ring.reset), flags: DIRTY_RING_INVALID }),
  reset: ring.reset + 1,
});

/** Hostile userspace writes words of an entry, as if it were at place `count` of the ring. */
export const dirtyRingPoke = (ring: DirtyRingState, count: number, words: Partial<FlaggedEntry>): DirtyRingState =>
  withEntry(ring, count, { ...dirtyRingEntry(ring, count), ...words });

export const dirtyRingEntry = ({ entries }: DirtyRingState, count: number): FlaggedEntry =>
  entries[count % entries.length];

function withEntry(ring: DirtyRingState, count: number, entry: FlaggedEntry): DirtyRingState {
  const entries = ring.entries.slice();
  entries[count % entries.length] = entry;
  return { ...ring, entries };
}
