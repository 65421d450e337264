import type { Vm } from '../../../actors/vm.ts';
import type { Layout } from '../../../memory/layout.ts';
import { rolesByPlace } from '../../../vm/properties/monitor.ts';
import type { DirtyRing } from '../dirty_ring.ts';

/** What a place is to the rules; `word`: the slot or the offset of an entry. */
export type DirtyRingRole =
  | EntryRole
  | { readonly is: 'dirty_index' | 'reset_index' | 'warned'; readonly ring: number }
  | { readonly is: 'signal' | 'slots_lock' };

export interface EntryRole {
  readonly is: 'flags' | 'word';
  readonly ring: number;
  readonly entry: number;
}

/** By place id: its role; undefined: it has none. */
export function rolesOfDirtyRings(
  layout: Layout,
  vm: Vm,
  rings: readonly DirtyRing[],
): readonly (DirtyRingRole | undefined)[] {
  return rolesByPlace<DirtyRingRole>(layout, [
    ...rings.flatMap((of, ring) => [
      ...(['dirty_index', 'reset_index', 'warned'] as const).map((is) => [of[is], { is, ring }] as const),
      ...of.dirty_gfns.flatMap(({ flags, slot, offset }, entry) => [
        [flags, { is: 'flags', ring, entry }] as const,
        [slot, { is: 'word', ring, entry }] as const,
        [offset, { is: 'word', ring, entry }] as const,
      ]),
    ]),
    ...[...vm.signals.values()].map((cell) => [cell, { is: 'signal' }] as const),
    [vm.kvm.slots_lock, { is: 'slots_lock' }],
  ]);
}
