import type { StepEvent } from '../../../check/property.ts';
import { dirtyRingHarvest, dirtyRingHarvestable } from '../../../models/dirtyRing.ts';
import { updateModel, updateThread } from '../../../vm/properties/monitor.ts';
import { violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { F_DIRTY, F_RESET } from '../dirty_ring.ts';
import type { EntryRole } from './dirtyRingPlaces.ts';
import {
  actorName,
  DIRTY_RING_RULE,
  type DirtyRingContext,
  type DirtyRingMonitorState,
  type DirtyRingNext,
  isEntryNumber,
} from './dirtyRingState.ts';

/** Userspace flags an entry for reset: the model harvests it. */
export function flagsEntry(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  event: StepEvent,
  role: EntryRole,
): DirtyRingNext {
  if (!context.honest.has(role.ring)) return state;
  const ring = state.model[role.ring];
  const oldest = dirtyRingHarvestable(ring);
  const name = actorName(context, event);
  if (event.old !== F_DIRTY || (event.value & F_RESET) === 0 || oldest === undefined) {
    const makes = `${name} makes ${event.place.name} ${event.value}, it was ${event.old}`;
    return violationOfRule(DIRTY_RING_RULE.F1_USER, makes);
  }
  if (!isEntryNumber(context, role, ring.harvested)) {
    const takes = `${name} takes ${event.place.name} as number ${ring.harvested + 1}`;
    return violationOfRule(DIRTY_RING_RULE.F2_WINDOW, takes);
  }
  const { taken, words } = state.threads[event.thread];
  if (words.length < 2) {
    const read = words.length === 0 ? 'none of its entry' : `only ${words.join()}`;
    return violationOfRule(DIRTY_RING_RULE.F4_TAKEN, `${event.place.name} is flagged after ${read} was read`);
  }
  const { slot, offset } = oldest;
  return updateThread(updateModel(state, role.ring, dirtyRingHarvest(ring)), event.thread, {
    taken: [...taken, { slot, offset }],
    words: [],
  });
}

/** Userspace reads a word of an entry. */
export function readsHarvestedWord(state: DirtyRingMonitorState, { thread, place }: StepEvent): DirtyRingNext {
  const words = new Set([...state.threads[thread].words, place.name]);
  return updateThread(state, thread, { words: [...words] });
}
