import { armRule } from '../../../vm/properties/armRule.ts';
import { armThreadRule } from '../../../vm/properties/armThreadRule.ts';
import { reportsMatchWrites } from '../../../vm/properties/reportedPages.ts';
import { noUnrecordedWritablePage } from '../../../vm/properties/unrecordedPages.ts';
import { performs } from '../../../vm/spec.ts';
import type { TrackedVm, TrackerRules } from '../../../vm/trackerDescriptor.ts';
import type { DirtyBitmap } from '../dirtyBitmap.ts';
import { dirtyBitmapMonitor } from './dirtyBitmapMonitor.ts';
import { dirtyBitmapThreadRules } from './dirtyBitmapThreadRules.ts';
import { slotRule, slotThreadRule } from './slotRule.ts';

export function dirtyBitmapRules(machine: TrackedVm<DirtyBitmap>): TrackerRules {
  const { spec, vm, tracker } = machine;
  const { bitmaps } = tracker;
  const changes = performs(spec, 'set-slot');
  const of = [machine, bitmaps, { manual: spec.manualProtect !== undefined, armsAlone: true }] as const;
  return {
    always: {},
    finally: noUnrecordedWritablePage(spec, vm),
    // A change of a slot drops its bits, outside of any call of userspace.
    monitors: changes ? [armRule(spec, vm), slotRule(spec, vm, bitmaps)] : [dirtyBitmapMonitor(...of)],
    threadMonitors: changes
      ? [armThreadRule(spec, vm), slotThreadRule(spec, vm, bitmaps)]
      : [dirtyBitmapThreadRules(...of)],
    unordered: reportsMatchWrites(spec, vm),
  };
}
