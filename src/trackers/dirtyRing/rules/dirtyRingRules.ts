import { armRule } from '../../../vm/properties/armRule.ts';
import { armThreadRule } from '../../../vm/properties/armThreadRule.ts';
import { reportsMatchWrites } from '../../../vm/properties/reportedPages.ts';
import { noUnrecordedWritablePage } from '../../../vm/properties/unrecordedPages.ts';
import { performs } from '../../../vm/spec.ts';
import type { TrackedVm, TrackerRules } from '../../../vm/trackerDescriptor.ts';
import { dirtyBitmapMonitor } from '../../dirtyBitmap/rules/dirtyBitmapMonitor.ts';
import { dirtyBitmapThreadRules } from '../../dirtyBitmap/rules/dirtyBitmapThreadRules.ts';
import { slotRule, slotThreadRule } from '../../dirtyBitmap/rules/slotRule.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import { boundedReset, boundedResets } from './boundedReset.ts';
import { dirtyRingFinalRules, notOvertaken } from './dirtyRingFinalRules.ts';
import { dirtyRingMonitor } from './dirtyRingMonitor.ts';
import { dirtyRingThreadRules } from './dirtyRingThreadRules.ts';
import { allRearmedPages, rearmedPages } from './rearmedPages.ts';
import { softFullRule } from './softFullRule.ts';

export function dirtyRingRules(machine: TrackedVm<DirtyRings>): TrackerRules {
  const { spec, vm, tracker } = machine;
  const reports = reportsMatchWrites(spec, vm);
  // The monitors say how our own harvest works. Another one is judged by what it reports, where
  // nothing is copied that could be lost.
  const isForeign = tracker.harvester !== undefined && performs(spec, 'harvest');
  return {
    always: {},
    finally: { ...noUnrecordedWritablePage(spec, vm), ...notOvertaken(machine), ...(isForeign && reports) },
    monitors: [
      dirtyRingMonitor(machine),
      boundedResets(machine),
      ...(tracker.bitmaps.length === 0 ? [allRearmedPages(machine)] : []),
      armRule(spec, vm),
      ...(performs(spec, 'write') ? [softFullRule(spec, vm, tracker)] : []),
      ...(tracker.bitmaps.length === 0 ? [] : [backupMonitor(machine)]),
    ],
    threadMonitors: [
      dirtyRingThreadRules(machine),
      boundedReset(machine),
      ...(tracker.bitmaps.length === 0 ? [rearmedPages(machine)] : []),
      armThreadRule(spec, vm),
      ...(tracker.bitmaps.length === 0 ? [] : [backupThreadMonitor(machine)]),
    ],
    resultsMatter: isForeign,
    unordered: { ...dirtyRingFinalRules(machine), ...(!isForeign && reports) },
  };
}

/** The rules of the backup bitmap. The ring re-arms pages, too. */
const backupMonitor = (machine: TrackedVm<DirtyRings>): TrackerRules['monitors'][number] =>
  performs(machine.spec, 'set-slot')
    ? slotRule(machine.spec, machine.vm, machine.tracker.bitmaps)
    : dirtyBitmapMonitor(machine, machine.tracker.bitmaps, { manual: false, armsAlone: false });

const backupThreadMonitor = (machine: TrackedVm<DirtyRings>): NonNullable<TrackerRules['threadMonitors']>[number] =>
  performs(machine.spec, 'set-slot')
    ? slotThreadRule(machine.spec, machine.vm, machine.tracker.bitmaps)
    : dirtyBitmapThreadRules(machine, machine.tracker.bitmaps, { manual: false, armsAlone: false });
