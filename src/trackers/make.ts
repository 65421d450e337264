import type { Kvm } from '../kvm/kvm.ts';
import type { Layout } from '../memory/layout.ts';
import { DirtyBitmap } from './dirtyBitmap/dirtyBitmap.ts';
import { DirtyRings } from './dirtyRing/dirtyRing.ts';
import { type VersionName, versions } from './dirtyRing/versions.ts';
import { GfnLists } from './gfnList/gfnList.ts';
import { GfnRings } from './gfnRings.ts';
import type { TrackerShape } from './tracker.ts';

export type Tracker = GfnRings | GfnLists | DirtyBitmap | DirtyRings;

/** The subjects, by the names of the command line. */
export const trackerNames = [
  'gfn-ring',
  'gfn-list',
  'dirty-bitmap',
  'dirty-ring@5.11',
  'dirty-ring@6.1',
  'dirty-ring@6.12',
  'dirty-ring@6.17',
  'dirty-ring@repaired',
] as const;
export type TrackerName = (typeof trackerNames)[number];

/** Lays out a dirty log. Throws RangeError when its shape is refused. */
export function layTracker(name: TrackerName, layout: Layout, kvm: Kvm, shape: TrackerShape): Tracker {
  switch (name) {
    case 'gfn-ring':
      return new GfnRings(layout, kvm, shape);
    case 'gfn-list':
      return new GfnLists(layout, kvm, shape);
    case 'dirty-bitmap':
      return new DirtyBitmap(layout, kvm, shape);
    default:
      return new DirtyRings(layout, kvm, shape, versions[name.slice('dirty-ring@'.length) as VersionName]);
  }
}
