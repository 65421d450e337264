import type { Page } from '../../../guest/guest.ts';
import type { Layout } from '../../../memory/layout.ts';
import { rolesByPlace } from '../../../vm/properties/monitor.ts';
import type { GfnListContext } from './gfnListState.ts';

/** What a place is to the rules. */
export type GfnListRole =
  | { readonly is: 'dirty_index' | 'avail_index' | 'fetch_index' | 'list_lock' | 'slots_lock' }
  | { readonly is: 'entry'; readonly entry: number }
  | { readonly is: 'armed'; readonly page: Page };

/** By place id: its role; undefined: it has none. */
export const rolesOfList = (layout: Layout, { list, vm }: GfnListContext): readonly (GfnListRole | undefined)[] =>
  rolesByPlace<GfnListRole>(layout, [
    [list.dirty_index, { is: 'dirty_index' }],
    [list.avail_index, { is: 'avail_index' }],
    [list.fetch_index, { is: 'fetch_index' }],
    [list.list_lock, { is: 'list_lock' }],
    [vm.kvm.slots_lock, { is: 'slots_lock' }],
    ...list.entries.flatMap(({ slot, offset }, entry) =>
      [slot, offset].map((cell) => [cell, { is: 'entry', entry }] as const),
    ),
    ...vm.guest.pages.map((page) => [page.armed, { is: 'armed', page }] as const),
  ]);
