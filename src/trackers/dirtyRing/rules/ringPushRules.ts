import type { StateView, StepEvent } from '../../../check/property.ts';
import { DIRTY_RING_INVALID, dirtyRingEntry, dirtyRingPush, isDirtyRingFull } from '../../../models/dirtyRing.ts';
import { updateModel, updateThread } from '../../../vm/properties/monitor.ts';
import { formatGfn, gfnsRecordedBy, isSameGfn, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { F_DIRTY } from '../dirty_ring.ts';
import type { EntryRole } from './dirtyRingPlaces.ts';
import {
  actorName,
  DIRTY_RING_RULE,
  type DirtyRingContext,
  type DirtyRingMonitorState,
  type DirtyRingNext,
  INDEX_MODULUS,
  isEntryNumber,
  pushesByIndex,
} from './dirtyRingState.ts';

/** A vCPU makes an entry dirty: from here on, the model has it. */
export function pushesEntry(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  event: StepEvent,
  view: StateView,
  role: EntryRole,
): DirtyRingNext {
  const { spec, rings, honest, hasRoom, inOrder } = context;
  const r = role.ring;
  const ring = state.model[r];
  const cells = rings[r].dirty_gfns[role.entry];
  const gfn = { slot: view.read(cells.slot), offset: view.read64(cells.offset) };
  const isFull = honest.has(r) && isDirtyRingFull(ring);
  const name = actorName(context, event);
  if (isFull && hasRoom)
    return violationOfRule(DIRTY_RING_RULE.F10_NOT_FULL, `${name} pushes, all of ring${r} is in use`);
  if (event.value !== F_DIRTY || (honest.has(r) && !isFull && event.old !== DIRTY_RING_INVALID)) {
    const went = `${event.place.name} went from ${event.old} to ${event.value}`;
    return violationOfRule(DIRTY_RING_RULE.F1_PRODUCER, went);
  }
  if (!isEntryNumber(context, role, ring.pushed)) {
    const fills = `${name} fills ${event.place.name} as number ${ring.pushed + 1}`;
    return violationOfRule(DIRTY_RING_RULE.F2_WINDOW, fills);
  }
  const pushes = gfnsRecordedBy(spec.actors[event.thread].operations[event.operation]);
  if (honest.has(r) && !pushes.some((other) => isSameGfn(other, gfn))) {
    const pushed = `${name} pushes ${pushes.map(formatGfn).join(' or ')}`;
    return violationOfRule(DIRTY_RING_RULE.F4_WHOLE, `the entry is ${formatGfn(gfn)}, ${pushed}`);
  }
  const { last } = state.threads[event.thread];
  // The same page again, where it was re-armed before the write.
  const at = pushes.findIndex((other, i) => i >= last && isSameGfn(other, gfn));
  if (inOrder && honest.has(r) && !isFull && at < 0) {
    const pushed = `${name} pushes ${formatGfn(gfn)} after ${formatGfn(pushes[last])}`;
    return violationOfRule(DIRTY_RING_RULE.F2_WRITES, pushed);
  }
  return updateThread(updateModel(state, r, dirtyRingPush(ring, gfn.slot, gfn.offset)), event.thread, {
    last: Math.max(at, last),
  });
}

/** A word of an entry is written: the entry must be the next, and free. */
export function fillsEntry(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  event: StepEvent,
  role: EntryRole,
): DirtyRingNext {
  const { spec, rings, honest, hasRoom } = context;
  if (!honest.has(role.ring)) return state;
  const ring = state.model[role.ring];
  const { size } = rings[role.ring];
  const isFree = dirtyRingEntry(ring, size + role.entry - (spec.index % size)).flags === DIRTY_RING_INVALID;
  if (isFree && isEntryNumber(context, role, ring.pushed)) return state;
  const name = actorName(context, event);
  if (isDirtyRingFull(ring))
    return hasRoom ? violationOfRule(DIRTY_RING_RULE.F10_NOT_FULL, `${name} overwrites ${event.place.name}`) : state;
  const rule = isFree ? DIRTY_RING_RULE.F2_WINDOW : DIRTY_RING_RULE.F4_STABLE;
  return violationOfRule(rule, `${name} writes ${event.place.name}`);
}

/** dirty_index is stored: its vCPU adds one, just before or just after the entry is dirty. */
export function movesDirtyIndex(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  event: StepEvent,
  r: number,
): DirtyRingNext {
  const isOwner = context.spec.actors[event.thread].vcpu === r;
  const ahead = pushesByIndex(context, state.model[r], event.value) - state.model[r].pushed;
  if (isOwner && event.value === (event.old + 1) % INDEX_MODULUS && ahead >= 0 && ahead <= 1) return state;
  const moves = `${actorName(context, event)} moves ${event.place.name} from ${event.old} to ${event.value}`;
  return violationOfRule(DIRTY_RING_RULE.F2_WINDOW, moves);
}
