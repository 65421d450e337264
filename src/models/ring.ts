/**
 * The ring as a sequential model: counts that never wrap, and a list. It imports nothing: a model that shares code with its subject proves
 * nothing. Each call of the subject is one or two atomic moments here, as its effects are not all at one point: push looks for room, then
 * publishes; harvest and reset look how far they may go, then say that they went.
 */
export interface RingState {
  readonly size: number;
  /** Entries ever published, ever harvested, ever reset: reset <= harvested <= published <= reset + size. */
  readonly published: number;
  readonly harvested: number;
  readonly reset: number;
  /** The entries from `reset` to `published`, oldest first. */
  readonly entries: readonly GfnEntry[];
}

export interface GfnEntry {
  readonly slot: number;
  readonly offset: bigint;
}

export const BUSY = -16;
export const GFN_RING_INVALID = -22;

export const emptyRing = (size: number): RingState => ({ size, published: 0, harvested: 0, reset: 0, entries: [] });

/** Entries in use, as push counts them: what was reset is free again, what was merely harvested is not. */
export const used = (ring: RingState): number => ring.published - ring.reset;

/** What a push that looks now must return. */
export const pushResult = (ring: RingState): number => (used(ring) >= ring.size ? BUSY : used(ring) + 1);

export function publish(ring: RingState, entry: GfnEntry): RingState {
  return { ...ring, published: ring.published + 1, entries: [...ring.entries, entry] };
}

/** How many entries a harvest that looks now may take. */
export const available = (ring: RingState): number => ring.published - ring.harvested;

/** The next `count` entries that a harvest takes. */
export function gfnRingHarvestable(ring: RingState, count: number): readonly GfnEntry[] {
  const from = ring.harvested - ring.reset;
  return ring.entries.slice(from, from + count);
}

export const gfnRingHarvest = (ring: RingState, count: number): RingState => ({
  ...ring,
  harvested: ring.harvested + count,
});

/**
 * How many entries a reset that reads `cons` must process, or INVALID. `cons` and `first`, the index the ring began with, count modulo
 * `modulus`; it may hold anything.
 */
export function gfnRingResettable(ring: RingState, cons: number, first: number, modulus: number): number {
  const distance = (((cons - first - ring.reset) % modulus) + modulus) % modulus;
  return distance > used(ring) ? GFN_RING_INVALID : distance;
}

/** Resets the oldest `count` entries. */
export function gfnRingReset(ring: RingState, count: number): RingState {
  return {
    ...ring,
    reset: ring.reset + count,
    harvested: Math.max(ring.harvested, ring.reset + count),
    entries: ring.entries.slice(count),
  };
}
