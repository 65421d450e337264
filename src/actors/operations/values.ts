import { VCPUS_MAX } from '../../guest/guest.ts';
import { checkWholeNumber, type FieldTypes } from '../../input/fieldTypes.ts';
import type { CheckContext } from '../operation.ts';

/** Pages of a slot, at most. */
export const NPAGES_MAX = 4096;
/** A `max` that is never reached: no ring has more entries. */
export const ALL_ENTRIES = 65536;

/** as_id << 16 | slot_id, as KVM numbers slots. */
export const slotNumber = (t: FieldTypes) => t.wholeNumber(0, 0xffff_ffff);

export const ringField = (t: FieldTypes) => ({
  ring: t.wholeNumber(0, VCPUS_MAX - 1).describe('a ring, by its place in `rings`'),
});

export function checkRing({ ring }: { readonly ring: number }, { where, vm }: CheckContext): void {
  checkWholeNumber(ring, `${where}.ring`, 0, vm.rings.length - 1);
}
