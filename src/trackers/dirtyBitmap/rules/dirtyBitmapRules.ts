import { armRule } from '../../../vm/properties/armRule.ts';
import { reportsMatchWrites } from '../../../vm/properties/reportedPages.ts';
import { noUnrecordedWritablePage } from '../../../vm/properties/unrecordedPages.ts';
import { performs } from '../../../vm/spec.ts';
import type { TrackedVm, TrackerRules } from '../../../vm/trackerDescriptor.ts';
import type { DirtyBitmap } from '../dirtyBitmap.ts';
import { dirtyBitmapMonitor } from './dirtyBitmapMonitor.ts';
import { slotRule } from './slotRule.ts';

export function dirtyBitmapRules(machine: TrackedVm<DirtyBitmap>): TrackerRules {
  const { spec, vm, tracker } = machine;
  const { bitmaps } = tracker;
  return {
    always: {},
    finally: noUnrecordedWritablePage(spec, vm),
    // A change of a slot drops its bits, outside of any call of userspace.
    monitors: performs(spec, 'set-slot')
      ? [armRule(spec, vm), slotRule(spec, vm, bitmaps)]
      : [dirtyBitmapMonitor(machine, bitmaps, { manual: spec.manualProtect !== undefined, armsAlone: true })],
    unordered: reportsMatchWrites(spec, vm),
  };
}
