import type { StateView } from '../../../check/property.ts';
import { u16 } from '../../../memory/cell.ts';
import { hostileRings, performs } from '../../../vm/spec.ts';
import type { TrackedVm, TrackerRules } from '../../../vm/trackerDescriptor.ts';
import type { GfnRings } from '../gfnRings.ts';
import { everyPageArmedOrRecorded } from './armedPages.ts';
import { gfnRingMonitor } from './gfnRingMonitor.ts';
import { callResultsMatchModel } from './resultRules.ts';

export function gfnRingRules(machine: TrackedVm<GfnRings>): TrackerRules {
  const { spec, vm } = machine;
  const { rings } = machine.tracker;
  const hostile = hostileRings(spec);
  const honest = rings.filter((_, i) => !hostile.has(i));
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
    // A change of a slot takes slots_lock without a reset.
    monitors: performs(spec, 'set-slot') ? [] : [gfnRingMonitor(machine)],
    unordered: callResultsMatchModel(spec),
  };
}
