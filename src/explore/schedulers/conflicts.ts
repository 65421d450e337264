import type { Place } from '../../memory/cell.ts';
import { isFence, isWrite, Kind, kindOf, placeOf } from '../../memory/memory.ts';

/**
 * Groups those of `places` that are in use and share bytes, directly or through others: by place, the lowest id of its group. Coarser than `overlap`:
 * two cells that lie side by side under a third are one group. Schedulers that draw may take too much for a race; nothing is proved with it.
 */
export function aliasGroups(places: readonly Place[], used: ReadonlySet<number>): Int32Array {
  const groups = Int32Array.from(places, (place) => place.id);
  const inMemory = places.filter(({ id }) => used.has(id)).sort((a, b) => a.offset - b.offset || a.id - b.id);
  let members: Place[] = [];
  let end = 0;
  for (const place of inMemory) {
    if (place.offset >= end) members = [];
    members.push(place);
    end = Math.max(end, place.offset + place.bits / 8);
    const lowest = Math.min(place.id, groups[members[0].id]);
    if (lowest !== groups[place.id] || lowest !== groups[members[0].id])
      for (const { id } of members) groups[id] = lowest;
  }
  return groups;
}

/** Whether an access may change what others see: a wake-up changes who sleeps. */
export const mayWrite = (code: number): boolean => isWrite(kindOf(code)) || kindOf(code) === Kind.wake;

/** The group of the place that an access is to; -1 for a fence, which has none. */
export const aliasGroupOfAccess = (groups: Int32Array, code: number): number =>
  isFence(kindOf(code)) ? -1 : groups[placeOf(code)];

/** Whether the order of two pending accesses may matter. */
export const mayConflict = (groups: Int32Array, a: number, b: number): boolean =>
  aliasGroupOfAccess(groups, a) === aliasGroupOfAccess(groups, b) && (mayWrite(a) || mayWrite(b));
