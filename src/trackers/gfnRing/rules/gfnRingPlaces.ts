import type { Vm } from '../../../actors/vm.ts';
import type { Page } from '../../../guest/guest.ts';
import type { Place } from '../../../memory/cell.ts';
import { Layout, overlap } from '../../../memory/layout.ts';
import type { GfnRing } from '../../../ring/kvm_gfnring.ts';
import { rolesByPlace } from '../../../vm/properties/monitor.ts';

/** What a place is to the rules: a word of a ring or of a page, or a lock. */
export type GfnRingRole =
  | { readonly is: 'prod_index' | 'cons_index' | 'prod' | 'cons' | 'pad'; readonly ring: number }
  | { readonly is: 'entry'; readonly ring: number; readonly entry: number }
  | { readonly is: 'armed'; readonly page: Page }
  | { readonly is: 'translations'; readonly page: Page }
  | { readonly is: 'slots_lock' | 'mmu_lock' };

/** By place id: its role; undefined: it has none. */
export function rolesOfPlaces(layout: Layout, vm: Vm, rings: readonly GfnRing[]): readonly (GfnRingRole | undefined)[] {
  return rolesByPlace<GfnRingRole>(layout, [
    ...rings.flatMap((ring, r) => [...padRoles(layout, ring, r), ...ringRoles(ring, r)]),
    ...vm.guest.pages.flatMap((page) => [
      [page.armed, { is: 'armed', page }] as const,
      [page.translations, { is: 'translations', page }] as const,
    ]),
    [vm.kvm.slots_lock, { is: 'slots_lock' }],
    [vm.kvm.mmu_lock, { is: 'mmu_lock' }],
  ]);
}

/** All places that overlap the pad of entry 0. The indices there get their own roles afterwards. */
function padRoles(layout: Layout, { data }: GfnRing, ring: number): (readonly [Place, GfnRingRole])[] {
  const other = new Layout();
  other.region(data + 8);
  const pad = other.cell('pad', 'u32', data);
  return layout.places.filter((place) => overlap(place, pad)).map((place) => [place, { is: 'pad', ring }]);
}

const ringRoles = (
  { prod_index, cons_index, indices, entries }: GfnRing,
  ring: number,
): (readonly [Place, GfnRingRole])[] => [
  [prod_index, { is: 'prod_index', ring }],
  [cons_index, { is: 'cons_index', ring }],
  [indices.prod, { is: 'prod', ring }],
  [indices.cons, { is: 'cons', ring }],
  ...entries.flatMap(({ slot, offset }, entry) =>
    [slot, offset].map((cell) => [cell, { is: 'entry', ring, entry }] as const),
  ),
];
