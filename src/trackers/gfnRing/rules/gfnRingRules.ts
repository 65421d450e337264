import type { StateView } from '../../../check/property.ts';
import { u16 } from '../../../memory/cell.ts';
import { hostileRings, performs } from '../../../vm/spec.ts';
import type { TrackedVm, TrackerRules } from '../../../vm/trackerDescriptor.ts';
import type { GfnRings } from '../gfnRings.ts';
import { everyPageArmedOrRecorded } from './armedPages.ts';
import { gfnRingMonitor } from './gfnRingMonitor.ts';
import { GFN_RING_RULE } from './gfnRingState.ts';
import { gfnRingThreadRules } from './gfnRingThreadRules.ts';
import { callResultsMatchModel } from './resultRules.ts';

export function gfnRingRules(machine: TrackedVm<GfnRings>): TrackerRules {
  const { spec, vm } = machine;
  const { rings } = machine.tracker;
  const hostile = hostileRings(spec);
  const honest = rings.filter((_, i) => !hostile.has(i));
  return {
    always: {
      [GFN_RING_RULE.R2_COUNT]: ({ read }: StateView) =>
        rings.every((ring) => u16(read(ring.prod_index) - read(ring.cons_index)) <= ring.size),
      [GFN_RING_RULE.R2_ORDER]: ({ read }: StateView) =>
        honest.every(({ indices, cons_index }) => {
          const reset = read(cons_index);
          return u16(read(indices.cons) - reset) <= u16(read(indices.prod) - reset);
        }),
    },
    finally: everyPageArmedOrRecorded(spec, vm),
    // A change of a slot takes slots_lock without a reset.
    monitors: performs(spec, 'set-slot') ? [] : [gfnRingMonitor(machine)],
    unordered: callResultsMatchModel(spec),
    threadMonitors: performs(spec, 'set-slot') ? [] : [gfnRingThreadRules(machine)],
  };
}
