import type { StateView, StepEvent } from '../../../check/property.ts';
import { DIRTY_RING_INVALID, dirtyRingReset } from '../../../models/dirtyRing.ts';
import { updateModel, updateThread } from '../../../vm/properties/monitor.ts';
import { violationOfRule, withElement } from '../../../vm/properties/monitorHelpers.ts';
import { F_RESET } from '../dirty_ring.ts';
import type { EntryRole } from './dirtyRingPlaces.ts';
import {
  actorName,
  DIRTY_RING_RULE,
  type DirtyRingContext,
  type DirtyRingMonitorState,
  type DirtyRingNext,
  indexAfter,
  isEntryNumber,
  NO_RESET_SECTION,
  pushesByIndex,
  SEEN_END,
} from './dirtyRingState.ts';

/** A reset reads the flags of the oldest entry. */
export function readsFlags(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  event: StepEvent,
  role: EntryRole,
): DirtyRingNext {
  const { reset } = state.model[role.ring];
  if (!isEntryNumber(context, role, reset)) {
    const looks = `reset looks at ${event.place.name} as number ${reset + 1}`;
    return violationOfRule(DIRTY_RING_RULE.F2_WINDOW, looks);
  }
  const { flags } = state.threads[event.thread];
  return updateThread(state, event.thread, {
    flags: withElement(flags, role.ring, event.value & F_RESET),
    words: [],
  });
}

/**
 * The repaired reset reads dirty_index: it stops at what was never pushed, whatever the flags say.
 */
export function readsBound(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  event: StepEvent,
  r: number,
): DirtyRingMonitorState {
  if (event.value !== indexAfter(context, state.model[r].reset)) return state;
  return updateThread(state, event.thread, { flags: withElement(state.threads[event.thread].flags, r, SEEN_END) });
}

/** A reset reads a word of an entry. */
export function readsResetWord(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  { thread, place }: StepEvent,
  role: EntryRole,
): DirtyRingNext {
  const { flags, words } = state.threads[thread];
  if (flags[role.ring] !== F_RESET || !isEntryNumber(context, role, state.model[role.ring].reset)) {
    const read = `${place.name} is read while it is not the oldest entry, found flagged`;
    return violationOfRule(DIRTY_RING_RULE.F4_READ, read);
  }
  if (words.includes(place.name)) return violationOfRule(DIRTY_RING_RULE.F4_READ, `${place.name} is read twice`);
  return updateThread(state, thread, { words: [...words, place.name] });
}

/** A reset makes an entry invalid: the model resets it. */
export function resetsEntry(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  event: StepEvent,
  role: EntryRole,
): DirtyRingNext {
  const r = role.ring;
  const ring = state.model[r];
  const name = actorName(context, event);
  const { flags, words, count } = state.threads[event.thread];
  if (event.value !== DIRTY_RING_INVALID || flags[r] !== F_RESET || !isEntryNumber(context, role, ring.reset)) {
    const makes = `${name} makes ${event.place.name} ${event.value}, it was ${event.old}`;
    return violationOfRule(DIRTY_RING_RULE.F1_RESET, makes);
  }
  if (words.length < 2)
    return violationOfRule(DIRTY_RING_RULE.F4_READ, `${event.place.name} is given back after ${words.join()} was read`);
  return updateThread(updateModel(state, r, dirtyRingReset(ring)), event.thread, {
    count: count + 1,
    flags: withElement(flags, r, undefined),
    words: [],
  });
}

/** reset_index is stored: under slots_lock, after the entries that were reset. */
export function movesResetIndex(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  event: StepEvent,
  r: number,
  resets: boolean,
): DirtyRingNext {
  if (resets && event.value === indexAfter(context, state.model[r].reset)) return state;
  const moves = `${actorName(context, event)} moves ${event.place.name} to ${event.value}`;
  return violationOfRule(DIRTY_RING_RULE.F2_WINDOW, moves);
}

/** slots_lock is given back: the reset must be complete. */
export function leavesReset(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  { thread }: StepEvent,
  view: StateView,
): DirtyRingNext {
  const { flags, interrupted } = state.threads[thread];
  if (flags.length === 0 && !interrupted) return state; // it took slots_lock for something else
  for (const [r, ring] of state.model.entries()) {
    const pushed = pushesByIndex(context, ring, view.read(context.rings[r].dirty_index));
    if (ring.reset > Math.max(ring.pushed, pushed)) {
      const were = `${ring.reset} entries of ring${r} were reset, ${ring.pushed} were pushed`;
      return violationOfRule(DIRTY_RING_RULE.F3_NOT_OVERTAKEN, were);
    }
    if (flags[r] !== SEEN_END && !interrupted)
      return violationOfRule(DIRTY_RING_RULE.F5_ALL, `it did not look for more in ring${r}`);
  }
  return updateThread(state, thread, NO_RESET_SECTION);
}
