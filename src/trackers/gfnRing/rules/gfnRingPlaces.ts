import type { Vm } from '../../../actors/vm.ts';
import type { Page } from '../../../guest/guest.ts';
import { Layout, overlap } from '../../../memory/layout.ts';
import type { GfnRing } from '../../../ring/kvm_gfnring.ts';

/** What a place is to the rules: a word of a ring, of a page, or a lock. */
export type Role =
  | { readonly is: 'prod_index' | 'cons_index' | 'prod' | 'cons' | 'pad'; readonly ring: number }
  | { readonly is: 'entry'; readonly ring: number; readonly entry: number }
  | { readonly is: 'armed'; readonly page: Page }
  | { readonly is: 'translations'; readonly page: Page }
  | { readonly is: 'slots_lock' | 'mmu_lock' | 'other' };

/** By place id: its role. */
export function rolesOfPlaces(layout: Layout, vm: Vm, rings: readonly GfnRing[]): readonly Role[] {
  const roles: Role[] = layout.places.map(() => ({ is: 'other' }));
  rings.forEach((r, ring) => {
    const pad = new Layout();
    pad.region(r.data + 8);
    const padPlace = pad.cell('pad', 'u32', r.data);
    for (const place of layout.places) if (overlap(place, padPlace)) roles[place.id] = { is: 'pad', ring };
    roles[r.prod_index.id] = { is: 'prod_index', ring };
    roles[r.cons_index.id] = { is: 'cons_index', ring };
    roles[r.indices.prod.id] = { is: 'prod', ring };
    roles[r.indices.cons.id] = { is: 'cons', ring };
    r.entries.forEach(({ slot, offset }, entry) => {
      roles[slot.id] = { is: 'entry', ring, entry };
      roles[offset.id] = { is: 'entry', ring, entry };
    });
  });
  for (const page of vm.guest.pages) {
    roles[page.armed.id] = { is: 'armed', page };
    roles[page.translations.id] = { is: 'translations', page };
  }
  roles[vm.kvm.slots_lock.id] = { is: 'slots_lock' };
  roles[vm.kvm.mmu_lock.id] = { is: 'mmu_lock' };
  return roles;
}
