/**
 * The sequential model of the mail's ring: counts that never wrap, and a list of entries. A call is
 * one or two atomic steps, as its effects are not all at one point. A push checks for room, then
 * publishes. Harvest and reset check how far they may go, then move the index.
 */
export interface GfnRingState {
  readonly size: number;
  /**
   * How many entries were published, harvested and reset: reset <= harvested <= published <= reset
   * + size.
   */
  readonly published: number;
  readonly harvested: number;
  readonly reset: number;
  /** The entries that are published and not reset, oldest first. */
  readonly entries: readonly GfnEntry[];
}

export interface GfnEntry {
  readonly slot: number;
  readonly offset: bigint;
}

export const BUSY = -16;
export const GFN_RING_INVALID = -22;

export const emptyGfnRing = (size: number): GfnRingState => ({
  size,
  published: 0,
  harvested: 0,
  reset: 0,
  entries: [],
});

/** Entries in use, as push counts them. A reset frees entries; a harvest does not. */
export const gfnRingUsed = (ring: GfnRingState): number => ring.published - ring.reset;

/** What a push must return if it checks for room now. */
export const gfnRingPushResult = (ring: GfnRingState): number =>
  gfnRingUsed(ring) >= ring.size ? BUSY : gfnRingUsed(ring) + 1;

export function gfnRingPublish(ring: GfnRingState, entry: GfnEntry): GfnRingState {
  return { ...ring, published: ring.published + 1, entries: [...ring.entries, entry] };
}

/** How many entries a harvest may take if it checks now. */
export const gfnRingAvailable = (ring: GfnRingState): number => ring.published - ring.harvested;

/** The next `count` entries to harvest. */
export function gfnRingHarvestable(ring: GfnRingState, count: number): readonly GfnEntry[] {
  const from = ring.harvested - ring.reset;
  return ring.entries.slice(from, from + count);
}

export const gfnRingHarvest = (ring: GfnRingState, count: number): GfnRingState => ({
  ...ring,
  harvested: ring.harvested + count,
});

/**
 * How many entries a reset must process if it reads `cons`, or `GFN_RING_INVALID`.
 *
 * @param cons the index that userspace wrote: any value from 0 to `modulus` - 1.
 * @param first the index with which the ring started.
 */
export function gfnRingResettable(ring: GfnRingState, cons: number, first: number, modulus: number): number {
  const distance = (((cons - first - ring.reset) % modulus) + modulus) % modulus;
  return distance > gfnRingUsed(ring) ? GFN_RING_INVALID : distance;
}

/** Resets the oldest `count` entries. */
export function gfnRingReset(ring: GfnRingState, count: number): GfnRingState {
  return {
    ...ring,
    reset: ring.reset + count,
    harvested: Math.max(ring.harvested, ring.reset + count),
    entries: ring.entries.slice(count),
  };
}
