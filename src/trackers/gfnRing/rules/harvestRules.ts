import type { StepEvent } from '../../../check/property.ts';
import { gfnRingAvailable, gfnRingHarvest, gfnRingHarvestable } from '../../../models/ring.ts';
import { updateModel, updateThread } from '../../../vm/properties/monitor.ts';
import { violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import {
  distance,
  GFN_RING_RULE,
  type GfnRingContext,
  type GfnRingMonitorState,
  type GfnRingNext,
} from './gfnRingState.ts';

/** Honest userspace stores the shared cons: from here on, the model has harvested. */
export function harvests(
  { spec }: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  r: number,
): GfnRingNext {
  const ring = state.model[r];
  const count = distance(event.value, spec.index + ring.harvested);
  if (count > gfnRingAvailable(ring)) {
    const became = `${event.place.name} became ${event.value}, ${gfnRingAvailable(ring)} entries were there`;
    return violationOfRule(GFN_RING_RULE.R2_ORDER, became);
  }
  const does = spec.actors[event.thread].operations[event.operation].do;
  const taken = does === 'serve' ? [] : [...state.threads[event.thread].taken, ...gfnRingHarvestable(ring, count)];
  return updateThread(updateModel(state, r, gfnRingHarvest(ring, count)), event.thread, { taken });
}
