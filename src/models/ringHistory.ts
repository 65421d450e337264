import {
  BUSY,
  emptyGfnRing,
  type GfnEntry,
  type GfnRingState,
  gfnRingAvailable,
  gfnRingHarvest,
  gfnRingHarvestable,
  gfnRingPublish,
  gfnRingPushResult,
  gfnRingReset,
} from './ring.ts';

/**
 * The linearization points of the calls on one ring, for histories of real threads. A call with two
 * points is in the history twice, with the same interval; `call` identifies it.
 */
export type LinearizationPoint =
  | { readonly kind: 'checkRoom'; readonly call: number; readonly result: number }
  | { readonly kind: 'publish'; readonly call: number; readonly entry: GfnEntry }
  | {
      readonly kind: 'findEntries';
      readonly call: number;
      readonly max: number;
      readonly entries: readonly GfnEntry[];
    }
  | { readonly kind: 'harvest'; readonly call: number }
  | { readonly kind: 'readCons'; readonly call: number; readonly result: boolean }
  | { readonly kind: 'reset'; readonly call: number };

export interface HistoryState {
  readonly ring: GfnRingState;
  /** By call between its two points: how many entries it is about. */
  readonly between: Readonly<Record<number, number>>;
}

/** The ring as a `SequentialModel` over linearization points. */
export function ringHistory(size: number) {
  return {
    init: { ring: emptyGfnRing(size), between: {} } as HistoryState,
    step,
    key: ({ ring, between }: HistoryState): string =>
      `${ring.published},${ring.harvested},${ring.reset},${JSON.stringify(between)}`,
  };
}

function step({ ring, between }: HistoryState, point: LinearizationPoint): HistoryState | undefined {
  const { call } = point;
  const began = between[call];
  switch (point.kind) {
    case 'checkRoom':
      if (gfnRingPushResult(ring) !== point.result) return undefined;
      return point.result === BUSY ? { ring, between } : { ring, between: { ...between, [call]: 1 } };
    case 'publish':
      return began === undefined
        ? undefined
        : { ring: gfnRingPublish(ring, point.entry), between: without(between, call) };
    case 'findEntries': {
      const count = Math.min(gfnRingAvailable(ring), point.max, ring.size);
      if (count !== point.entries.length) return undefined;
      const same = gfnRingHarvestable(ring, count).every(
        (entry, i) => entry.slot === point.entries[i].slot && entry.offset === point.entries[i].offset,
      );
      return same ? { ring, between: { ...between, [call]: count } } : undefined;
    }
    case 'harvest':
      return began === undefined ? undefined : { ring: gfnRingHarvest(ring, began), between: without(between, call) };
    case 'readCons': {
      const count = ring.harvested - ring.reset;
      return count > 0 === point.result ? { ring, between: { ...between, [call]: count } } : undefined;
    }
    case 'reset':
      return began === undefined ? undefined : { ring: gfnRingReset(ring, began), between: without(between, call) };
  }
}

function without(between: HistoryState['between'], call: number): HistoryState['between'] {
  const { [call]: _, ...rest } = between;
  return rest;
}
