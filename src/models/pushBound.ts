/** When a tracker's reset gives back the entries of a ring: before their pages are armed again, or after. */
export type Freeing = 'before re-arming' | 'after re-arming';

/** What a bound is asked for. */
export interface Pushes {
  /** Pages that a vCPU writes before it looks at its ring again, from 1. */
  readonly pages: number;
  readonly freeing: Freeing;
  /** Entries for these pages that others record without looking whether the page is armed. */
  readonly unasked: number;
}

/** What the model has been asked (`test/models/pushBound.test.ts`): a bound on more than that is not proved. */
export const PAGES_MAX = 4;
export const UNASKED_MAX = 2;

/**
 * The most entries that a vCPU can push between two full checks of its ring, not counting those that have been given back meanwhile; undefined where no
 * bound is proved. A page is pushed once. It is pushed again where others record it, too, and a reset arms it by their entry. One page is pushed again
 * although nobody else records it, where entries are given back after their pages were armed: a reset drops the translation before the store has
 * retired, and the next reset arms the page while its first entry still counts.
 */
export function pushBound({ pages, freeing, unasked }: Pushes): number | undefined {
  if (pages > PAGES_MAX || unasked > UNASKED_MAX) return undefined;
  return pages + unasked + (freeing === 'after re-arming' ? 1 : 0);
}

/**
 * `pushBound` by all states of a model. The vCPU writes its pages one after the other, a store retires only through a cached translation, and a fault on an
 * armed page pushes an entry and maps it. Around it everything that is not the vCPU's own doing happens at any moment: other vCPUs record pages that are
 * armed, userspace harvests any part of the ring, resets come one after the other (slots_lock). A reset arms the pages of what was harvested, gives back
 * entries, and drops all cached translations at its end.
 */
export function mostPushes({ pages, freeing, unasked }: Pushes): number {
  const open: State[] = [];
  // Each page may have been recorded before the check, and not have been armed since.
  for (let armed = 0; armed < 1 << pages; armed++) {
    const elsewhere = Array.from({ length: pages }, (_, page) => page).filter((page) => (armed & (1 << page)) === 0);
    open.push({ writing: 0, armed, cached: 0, ring: [], elsewhere, unasked, reset: null, harvested: 0 });
  }
  const seen = new Set(open.map((state) => JSON.stringify(state)));
  let most = 0;
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    most = Math.max(most, state.ring.length);
    for (const next of successors(state, pages, freeing)) {
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return most;
}

interface State {
  /** The page that is being written. */
  readonly writing: number;
  /** Pages, as bits: the next write is recorded; the vCPU has a writable translation. */
  readonly armed: number;
  readonly cached: number;
  /** The pages of the entries pushed since the check and not given back, oldest first; of entries in other rings, and of older ones. */
  readonly ring: readonly number[];
  readonly elsewhere: readonly number[];
  /** Entries that others may still record without looking. */
  readonly unasked: number;
  /** The reset that is under way: entries of the ring, and of others, that it has still to arm; and how many of the ring it gives back. */
  readonly reset: {
    readonly left: readonly number[];
    readonly others: readonly number[];
    readonly frees: number;
  } | null;
  /** Entries of the ring that userspace has harvested. */
  readonly harvested: number;
}

function* successors(state: State, pages: number, freeing: Freeing): Generator<State> {
  const { writing, armed, cached, ring, elsewhere, unasked, reset, harvested } = state;
  const bit = 1 << writing;
  if (writing < pages) {
    if (cached & bit) yield { ...state, writing: writing + 1 };
    else if (armed & bit) yield { ...state, armed: armed & ~bit, cached: cached | bit, ring: [...ring, writing] };
    else yield { ...state, cached: cached | bit };
  }
  if (harvested < ring.length) yield { ...state, harvested: harvested + 1 };
  for (let page = 0; page < pages; page++) {
    const others = [...elsewhere, page].sort();
    if (armed & (1 << page)) yield { ...state, armed: armed & ~(1 << page), elsewhere: others };
    if (unasked > 0) yield { ...state, unasked: unasked - 1, elsewhere: others };
  }
  if (reset === null) {
    const left = ring.slice(0, harvested);
    for (const taken of [[], elsewhere]) {
      const rest = taken.length > 0 ? [] : elsewhere;
      if (freeing === 'before re-arming')
        yield {
          ...state,
          ring: ring.slice(harvested),
          elsewhere: rest,
          harvested: 0,
          reset: { left, others: taken, frees: 0 },
        };
      else yield { ...state, elsewhere: rest, reset: { left, others: taken, frees: harvested } };
    }
    return;
  }
  const { left, others, frees } = reset;
  if (left.length > 0) yield { ...state, armed: armed | (1 << left[0]), reset: { ...reset, left: left.slice(1) } };
  else if (frees > 0)
    yield {
      ...state,
      ring: ring.slice(frees),
      harvested: harvested - frees,
      reset: { ...reset, frees: 0 },
    };
  // Rings are reset in any order.
  if (others.length > 0)
    yield { ...state, armed: armed | (1 << others[0]), reset: { ...reset, others: others.slice(1) } };
  if (left.length === 0 && others.length === 0 && frees === 0) yield { ...state, cached: 0, reset: null };
}
