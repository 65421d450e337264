import type { Place } from '../../memory/cell.ts';
import { changesQueue, isFence, isWrite, kindOf, placeOf } from '../../memory/kinds.ts';

/**
 * The alias groups of the places in `used`: places that share bytes, directly or through others. By
 * place: the lowest id of its group. This is coarser than `overlap`: two cells side by side under a
 * third one are one group. Only randomized schedulers use it, so an error proves nothing false.
 */
export function aliasGroups(places: readonly Place[], used: ReadonlySet<number>): Int32Array {
  const groups = Int32Array.from(places, (place) => place.id);
  const byOffset = places.filter(({ id }) => used.has(id)).sort((a, b) => a.offset - b.offset || a.id - b.id);
  let members: Place[] = [];
  let end = 0;
  for (const place of byOffset) {
    if (place.offset >= end) members = [];
    members.push(place);
    end = Math.max(end, place.offset + place.bits / 8);
    const lowest = Math.min(place.id, groups[members[0].id]);
    if (lowest !== groups[place.id] || lowest !== groups[members[0].id])
      for (const { id } of members) groups[id] = lowest;
  }
  return groups;
}

/** Whether an access may change what others see. A wake-up does: it changes which threads
 * sleep. */
export const mayWrite = (code: number): boolean => isWrite(kindOf(code)) || changesQueue(kindOf(code));

/** The alias group that an access is to; -1 for a fence. */
export const aliasGroupOfAccess = (groups: Int32Array, code: number): number =>
  isFence(kindOf(code)) ? -1 : groups[placeOf(code)];

/** Whether two pending accesses may conflict: whether their order may matter. */
export const mayConflict = (groups: Int32Array, a: number, b: number): boolean =>
  aliasGroupOfAccess(groups, a) === aliasGroupOfAccess(groups, b) && (mayWrite(a) || mayWrite(b));
