import type { StateView, StepEvent } from '../../../check/property.ts';
import { BUSY, gfnRingPublish, gfnRingPushResult, gfnRingUsed } from '../../../models/ring.ts';
import { type RoleOf, updateModel, updateThread } from '../../../vm/properties/monitor.ts';
import { formatGfn, gfnsRecordedBy, isSameGfn, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import type { GfnRingRole } from './gfnRingPlaces.ts';
import {
  GFN_RING_RULE,
  type GfnRingContext,
  type GfnRingMonitorState,
  type GfnRingNext,
  MODULUS,
  ownsRing,
} from './gfnRingState.ts';

/** A push reads the private cons: there must be room. */
export function readsRoom(
  context: GfnRingContext,
  state: GfnRingMonitorState,
  { thread }: StepEvent,
  ring: number,
): GfnRingMonitorState {
  return ownsRing(context, context.spec.actors[thread], ring)
    ? updateThread(state, thread, { room: gfnRingPushResult(state.model[ring]) })
    : state;
}

/** A push stores the shared prod: from here on, the model has the entry. */
export function publishes(
  context: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  view: StateView,
  r: number,
): GfnRingNext {
  const { spec, rings, hostile } = context;
  const actor = spec.actors[event.thread];
  const ring = state.model[r];
  const doing = state.threads[event.thread];
  if (!ownsRing(context, actor, r))
    return violationOfRule(GFN_RING_RULE.R1_SHARED_PROD, `${actor.name} writes ${event.place.name}`);
  if (gfnRingUsed(ring) >= ring.size || doing.room === undefined || doing.room === BUSY) {
    const inUse = `${gfnRingUsed(ring)} of ${ring.size} are in use`;
    return violationOfRule(GFN_RING_RULE.R6_FULL, `${actor.name} publishes an entry, ${inUse}`);
  }
  const expected = (spec.index + ring.published + 1) % MODULUS;
  if (event.value !== expected) {
    const became = `${event.place.name} became ${event.value}, expected ${expected}`;
    return violationOfRule(GFN_RING_RULE.R3_SHARED_BY_ONE, became);
  }
  const words = rings[r].entries[((expected + MODULUS - 1) % MODULUS) % ring.size];
  const entry = { slot: view.read(words.slot), offset: view.read64(words.offset) };
  const pushes = gfnsRecordedBy(actor.operations[event.operation]);
  if (!hostile.has(r) && !pushes.some((push) => isSameGfn(push, entry))) {
    const pushed = `${actor.name} pushes ${pushes.map(formatGfn).join(' or ')}`;
    return violationOfRule(GFN_RING_RULE.R3_ENTRY_FIRST, `the entry says ${formatGfn(entry)}, ${pushed}`);
  }
  return updateThread(updateModel(state, r, gfnRingPublish(ring, entry)), event.thread, { pushed: doing.pushed + 1 });
}

/** An entry is written: it must not be in use. */
export function writesEntry(
  { spec }: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  role: RoleOf<GfnRingRole, 'entry'>,
): GfnRingNext {
  const { name } = spec.actors[event.thread];
  const ring = state.model[role.ring];
  for (let i = ring.reset; i < ring.published; i++) {
    if ((spec.index + i) % ring.size !== role.entry) continue;
    const isItsOwn = i === ring.published - 1 && state.threads[event.thread].pushed > 0;
    return isItsOwn
      ? violationOfRule(GFN_RING_RULE.R3_ENTRY_FIRST, `${name} writes ${event.place.name} after it was announced`)
      : violationOfRule(
          GFN_RING_RULE.R5_NOT_OVERWRITTEN,
          `${name} writes ${event.place.name}, which holds entry number ${i + 1}`,
        );
  }
  return state;
}
