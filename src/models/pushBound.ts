/** When a tracker's reset frees ring entries: before their pages are re-armed, or after. */
export type Freeing = 'before re-arming' | 'after re-arming';

/** The scenario that a bound is for. */
export interface PushScenario {
  /** Pages that a vCPU writes between two full checks of its ring, from 1. */
  readonly pages: number;
  readonly freeing: Freeing;
  /** Entries that others record for these pages without checking that the page is armed. */
  readonly unconditional: number;
}

/** The largest values for which `test/models/pushBound.test.ts` proves the bound. */
export const PAGES_MAX = 4;
export const UNCONDITIONAL_MAX = 2;

/**
 * The most entries that a vCPU can push between two full checks of its ring, not counting entries
 * that were freed meanwhile. Undefined if no bound is proved.
 *
 * Each page is pushed once. A page is pushed again if others record it, too, and a reset re-arms it
 * for their entry. If entries are freed after their pages are re-armed, one page can be pushed
 * again without others. A reset drops the translation before the store has retired. The next reset
 * re-arms the page while its first entry is still counted.
 */
export function pushBound({ pages, freeing, unconditional }: PushScenario): number | undefined {
  if (pages > PAGES_MAX || unconditional > UNCONDITIONAL_MAX) return undefined;
  return pages + unconditional + (freeing === 'after re-arming' ? 1 : 0);
}

/**
 * Computes `pushBound` by exploring all states of a model. The vCPU writes its pages in order. A
 * store retires only through a cached translation; a fault on an armed page pushes an entry and
 * maps the page. Everything else can happen at any time. Other vCPUs record armed pages, userspace
 * harvests any part of the ring, and resets run one after the other (slots_lock). A reset arms the
 * pages of harvested entries, frees the entries, and drops all cached translations at its end.
 */
export function mostPushes({ pages, freeing, unconditional }: PushScenario): number {
  const open: State[] = [];
  // Each page may have been recorded before the check, and not re-armed since.
  for (let armed = 0; armed < 1 << pages; armed++) {
    const elsewhere = Array.from({ length: pages }, (_, page) => page).filter((page) => (armed & (1 << page)) === 0);
    open.push({ writing: 0, armed, cached: 0, ring: [], elsewhere, unconditional, reset: null, harvested: 0 });
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
  /** The page that the vCPU writes. */
  readonly writing: number;
  /** Set of pages (bits) whose next write is recorded. */
  readonly armed: number;
  /** Set of pages for which the vCPU has a writable translation. */
  readonly cached: number;
  /** The pages of the entries pushed since the check and not freed, oldest first. */
  readonly ring: readonly number[];
  /** The pages of entries in other rings, and of older entries. */
  readonly elsewhere: readonly number[];
  /** Entries that others may still record unconditionally. */
  readonly unconditional: number;
  /**
   * The running reset: the pages of the ring, and of others, that it still arms, and the entries
   * that it frees.
   */
  readonly reset: {
    readonly left: readonly number[];
    readonly others: readonly number[];
    readonly frees: number;
  } | null;
  /** How many entries of the ring userspace has harvested. */
  readonly harvested: number;
}

function* successors(state: State, pages: number, freeing: Freeing): Generator<State> {
  const { writing, armed, cached, ring, elsewhere, unconditional, reset, harvested } = state;
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
    if (unconditional > 0) yield { ...state, unconditional: unconditional - 1, elsewhere: others };
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
  // The order in which rings are reset does not matter.
  if (others.length > 0)
    yield { ...state, armed: armed | (1 << others[0]), reset: { ...reset, others: others.slice(1) } };
  if (left.length === 0 && others.length === 0 && frees === 0) yield { ...state, cached: 0, reset: null };
}
