import type { TrackerDescriptor, TrackerTable } from '../vm/trackerDescriptor.ts';
import { dirtyBitmap } from './dirtyBitmap/descriptor.ts';
import { dirtyRings } from './dirtyRing/descriptor.ts';
import { gfnList } from './gfnList/descriptor.ts';
import { gfnRing } from './gfnRing/descriptor.ts';
import { DEFAULT_TRACKER, type TrackerName } from './interface/names.ts';

/** The list of trackers. */
export const trackers: TrackerTable = {
  'gfn-ring': gfnRing,
  'gfn-list': gfnList,
  'dirty-bitmap': dirtyBitmap,
  ...dirtyRings,
};

/** The tracker that a VM names. */
export const trackerOf = ({ tracker }: { readonly tracker?: TrackerName }): TrackerDescriptor =>
  trackers[tracker ?? DEFAULT_TRACKER];
