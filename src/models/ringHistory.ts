import {
  available,
  BUSY,
  emptyRing,
  type GfnEntry,
  gfnRingHarvest,
  gfnRingHarvestable,
  gfnRingReset,
  publish,
  pushResult,
  type RingState,
} from './ring.ts';

/**
 * The moments of the calls on one ring, for histories of free threads. A call with two moments stands in the history twice, over the
 * same interval; `call` tells the pairs apart.
 */
export type LinearizationPoint =
  | { readonly does: 'look for room'; readonly call: number; readonly result: number }
  | { readonly does: 'publish'; readonly call: number; readonly entry: GfnEntry }
  | {
      readonly does: 'look for entries';
      readonly call: number;
      readonly max: number;
      readonly entries: readonly GfnEntry[];
    }
  | { readonly does: 'take'; readonly call: number }
  | { readonly does: 'look at cons'; readonly call: number; readonly result: boolean }
  | { readonly does: 'give back'; readonly call: number };

export interface HistoryState {
  readonly ring: RingState;
  /** By call that is between its two moments: how many entries it is about. */
  readonly between: Readonly<Record<number, number>>;
}

/** The ring as a sequential object over `Moment`. */
export function ringHistory(size: number) {
  return {
    init: { ring: emptyRing(size), between: {} } as HistoryState,
    step,
    key: ({ ring, between }: HistoryState): string =>
      `${ring.published},${ring.harvested},${ring.reset},${JSON.stringify(between)}`,
  };
}

function step({ ring, between }: HistoryState, moment: LinearizationPoint): HistoryState | undefined {
  const { call } = moment;
  const began = between[call];
  switch (moment.does) {
    case 'look for room':
      if (pushResult(ring) !== moment.result) return undefined;
      return moment.result === BUSY ? { ring, between } : { ring, between: { ...between, [call]: 1 } };
    case 'publish':
      return began === undefined ? undefined : { ring: publish(ring, moment.entry), between: without(between, call) };
    case 'look for entries': {
      const count = Math.min(available(ring), moment.max, ring.size);
      if (count !== moment.entries.length) return undefined;
      const same = gfnRingHarvestable(ring, count).every(
        (entry, i) => entry.slot === moment.entries[i].slot && entry.offset === moment.entries[i].offset,
      );
      return same ? { ring, between: { ...between, [call]: count } } : undefined;
    }
    case 'take':
      return began === undefined ? undefined : { ring: gfnRingHarvest(ring, began), between: without(between, call) };
    case 'look at cons': {
      const count = ring.harvested - ring.reset;
      return count > 0 === moment.result ? { ring, between: { ...between, [call]: count } } : undefined;
    }
    case 'give back':
      return began === undefined ? undefined : { ring: gfnRingReset(ring, began), between: without(between, call) };
  }
}

function without(between: HistoryState['between'], call: number): HistoryState['between'] {
  const { [call]: _, ...rest } = between;
  return rest;
}
