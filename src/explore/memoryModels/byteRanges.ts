import type { Place } from '../../memory/cell.ts';

/**
 * The locations of a memory model: ranges of bytes that no place of the layout cuts in two. Each is
 * within a word of 32 bits, but for a 64-bit cell that nothing else cuts. A place covers one or
 * several.
 */
export class ByteRanges {
  /** How many locations there are. */
  readonly count: number;
  /** By place: the locations that it covers, lowest first. */
  readonly of: readonly (readonly number[])[];
  /** By location: how many bytes it has, and where they begin in memory. */
  readonly bytes: readonly number[];
  readonly offset: readonly number[];

  /** @param isPart places that are accessed with the ones around them only: they cover nothing. */
  constructor(all: readonly Place[], isPart: (place: Place) => boolean = () => false) {
    const places = all.filter((place) => !isPart(place));
    const cuts = cutsOf(places);
    const opened = new Map<number, number>();
    const count = (at: number, by: number): unknown => opened.set(at, (opened.get(at) ?? 0) + by);
    for (const { offset, bits } of places) {
      count(offset, 1);
      count(offset + bits / 8, -1);
    }
    const starts = new Map<number, number>();
    const offsets: number[] = [];
    const bytes: number[] = [];
    let open = 0;
    cuts.forEach((cut, i) => {
      open += opened.get(cut) ?? 0;
      if (open === 0) return;
      starts.set(cut, offsets.push(cut) - 1);
      bytes.push(cuts[i + 1] - cut);
    });
    this.count = offsets.length;
    this.offset = offsets;
    this.bytes = bytes;
    this.of = all.map((place) => {
      const covered: number[] = [];
      if (isPart(place)) return covered;
      const { offset, bits } = place;
      const end = offset + bits / 8;
      for (let a = starts.get(offset)!; a < offsets.length && offsets[a] < end; a++) covered.push(a);
      return covered;
    });
  }
}

/** Where places begin and end, in order; and the middles of 64-bit cells that others cut. */
function cutsOf(places: readonly Place[]): number[] {
  const cuts = new Set(places.flatMap(({ offset, bits }) => [offset, offset + bits / 8]));
  for (const { offset, bits } of places) {
    if (bits !== 64) continue;
    for (let at = offset + 1; at < offset + 8; at++) if (cuts.has(at)) cuts.add(offset + 4);
  }
  return [...cuts].sort((a, b) => a - b);
}
