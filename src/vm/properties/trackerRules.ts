import type { Vm } from '../../actors/vm.ts';
import type { Properties, StateView } from '../../check/property.ts';
import { u16 } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { GfnRings } from '../../trackers/gfnRings.ts';
import { hostileRings, performs, type VmSpec } from '../spec.ts';
import { everyPageArmedOrRecorded } from './armedPages.ts';
import { armRule } from './armRule.ts';
import { checkpointRules } from './checkpointRules.ts';
import { dirtyBitmapRules } from './dirtyBitmapRules.ts';
import { dirtyRingFinalRules } from './dirtyRingFinalRules.ts';
import { dirtyRingRules } from './dirtyRingRules.ts';
import { gfnListFinalRules, gfnListRules } from './gfnListRules.ts';
import { gfnRingMonitor } from './gfnRingRules.ts';
import { reportsMatchWrites } from './reportedPages.ts';
import { callResultsMatchModel } from './resultRules.ts';
import { slotRule } from './slotRule.ts';
import { softFullRule } from './softFullRule.ts';
import { noUnrecordedWritablePage } from './unrecordedPages.ts';

/** What is asked of a tracker beyond that it loses no page. */
export type TrackerRules = Pick<Properties, 'always' | 'finally' | 'monitors' | 'unordered'>;

export function trackerRules(spec: VmSpec, vm: Vm, layout: Layout): TrackerRules {
  const rules = rulesOf(spec, vm, layout);
  const { gate } = vm;
  // A slot that changes is copied whole, outside any checkpoint.
  if (gate === undefined || performs(spec, 'set-slot')) return rules;
  return { ...rules, monitors: [...rules.monitors, checkpointRules(spec, vm, gate)] };
}

function rulesOf(spec: VmSpec, vm: Vm, layout: Layout): TrackerRules {
  const { tracker } = vm;
  switch (tracker.kind) {
    case 'gfn-ring':
      return gfnRingRules(spec, vm, tracker, layout);
    case 'gfn-list':
      return {
        always: {},
        finally: noUnrecordedWritablePage(spec, vm),
        monitors: [gfnListRules(spec, vm, tracker, layout), armRule(spec, vm)],
        unordered: { ...gfnListFinalRules(spec, tracker), ...reportsMatchWrites(spec, vm) },
      };
    case 'dirty-bitmap':
      return {
        always: {},
        finally: noUnrecordedWritablePage(spec, vm),
        // A slot that changes takes its bits with it, outside any call of userspace.
        monitors: performs(spec, 'set-slot')
          ? [armRule(spec, vm), slotRule(spec, vm, tracker.bitmaps)]
          : [dirtyBitmapRules(spec, vm, tracker.bitmaps, spec.manualProtect !== undefined, layout)],
        unordered: reportsMatchWrites(spec, vm),
      };
    case 'dirty-ring':
      return {
        always: {},
        finally: noUnrecordedWritablePage(spec, vm),
        monitors: [
          dirtyRingRules(spec, vm, tracker, layout),
          armRule(spec, vm),
          ...(performs(spec, 'write') ? [softFullRule(spec, vm, tracker)] : []),
          ...(tracker.bitmaps.length === 0
            ? []
            : performs(spec, 'set-slot')
              ? [slotRule(spec, vm, tracker.bitmaps)]
              : [dirtyBitmapRules(spec, vm, tracker.bitmaps, false, layout)]),
        ],
        unordered: { ...dirtyRingFinalRules(spec, tracker), ...reportsMatchWrites(spec, vm) },
      };
  }
}

function gfnRingRules(spec: VmSpec, vm: Vm, { rings }: GfnRings, layout: Layout): TrackerRules {
  const honest = rings.filter((_, i) => !hostileRings(spec).has(i));
  return {
    always: {
      'R2 the kernel never counts more entries than the ring has': ({ read }: StateView) =>
        rings.every((ring) => u16(read(ring.prod_index) - read(ring.cons_index)) <= ring.size),
      'R2 kernel cons <= user cons <= prod': ({ read }: StateView) =>
        honest.every(({ indices, cons_index }) => {
          const reset = read(cons_index);
          return u16(read(indices.cons) - reset) <= u16(read(indices.prod) - reset);
        }),
    },
    finally: everyPageArmedOrRecorded(spec, vm),
    // A slot that changes takes slots_lock for other things than a reset.
    monitors: performs(spec, 'set-slot') ? [] : [gfnRingMonitor(spec, vm, layout)],
    unordered: callResultsMatchModel(spec),
  };
}
