import type { TrackerDescriptor, TrackerTable } from '../vm/trackerDescriptor.ts';
import { dirtyBitmap } from './dirtyBitmap/descriptor.ts';
import { dirtyRings } from './dirtyRing/descriptor.ts';
import { gfnList } from './gfnList/descriptor.ts';
import { gfnRing } from './gfnRing/descriptor.ts';
import { DEFAULT_TRACKER } from './interface/tracker.ts';

/** The list of trackers. */
const list: readonly TrackerDescriptor[] = [gfnRing, gfnList, dirtyBitmap, ...Object.values(dirtyRings)];

/** By name, as scenarios and the command line use it. */
export const trackers: TrackerTable = Object.fromEntries(list.map((tracker) => [tracker.name, tracker]));
export const trackerNames: readonly string[] = list.map(({ name }) => name);

/** The tracker that a VM names. */
export const trackerForVm = ({ tracker }: { readonly tracker?: string }): TrackerDescriptor =>
  trackers[tracker ?? DEFAULT_TRACKER];
