import type { Monitor } from '../../../check/property.ts';
import { ARMED } from '../../../guest/guest.ts';
import { isWrite, Kind } from '../../../memory/kinds.ts';
import { emptyGfnRing } from '../../../models/ring.ts';
import { createMonitor, type Reducers } from '../../../vm/properties/monitor.ts';
import { violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { hostileRings } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { GfnRings } from '../gfnRings.ts';
import { returns } from './callRules.ts';
import { type GfnRingRole, rolesOfPlaces } from './gfnRingPlaces.ts';
import {
  GFN_RING_RULE,
  type GfnRingContext,
  type GfnRingMonitorState,
  type GfnRingThread,
  gfnRingsKey,
  gfnRingThreadKey,
  IDLE,
  ownsRing,
} from './gfnRingState.ts';
import { harvests } from './harvestRules.ts';
import { publishes, readsRoom, writesEntry } from './pushRules.ts';
import {
  endsRingReset,
  flushes,
  movesCons,
  readsCons,
  readsEntry,
  readsProd,
  rearms,
  startsRingReset,
} from './resetRules.ts';

/**
 * R1 to R9 and R12 of the ring. Each effect is compared with the sequential model
 * (`models/ring.ts`) at the step where it happens. Of a ring that hostile userspace writes, the
 * monitor requires what the kernel must guarantee whatever it finds there.
 */
export function gfnRingMonitor({ spec, vm, tracker, layout }: TrackedVm<GfnRings>): Monitor<GfnRingMonitorState> {
  const context: GfnRingContext = { spec, vm, rings: tracker.rings, hostile: hostileRings(spec) };
  const { slots_lock, mmu_lock } = vm.kvm;
  return createMonitor<GfnRingMonitorState['model'], GfnRingThread, GfnRingRole>({
    name: 'ring rules',
    spec,
    roles: rolesOfPlaces(layout, vm, tracker.rings),
    guard: ({ thread, place }, { holder }, role) =>
      holder(slots_lock) === thread && holder(mmu_lock) === thread && role?.is !== 'armed' && role?.is !== 'mmu_lock'
        ? violationOfRule(
            GFN_RING_RULE.R12_MMU_LOCK_ONLY,
            `${spec.actors[thread].name} holds it while it accesses ${place.name}`,
          )
        : undefined,
    reducers: reducersOf(context),
    model: spec.rings.map(({ size }) => emptyGfnRing(size)),
    idle: IDLE,
    returned: (state, thread, operation, result, view) => returns(context, state, thread, operation, result, view),
    modelKey: gfnRingsKey,
    threadKey: gfnRingThreadKey,
  });
}

function reducersOf(context: GfnRingContext): Reducers<GfnRingMonitorState, GfnRingRole> {
  const { spec, vm, hostile } = context;
  const { slots_lock } = vm.kvm;
  return {
    prod_index(state, event, view, { ring }) {
      const actor = spec.actors[event.thread];
      if (!isWrite(event.kind))
        return view.holder(slots_lock) === event.thread ? readsProd(context, state, event, ring) : state;
      return ownsRing(context, actor, ring)
        ? state
        : violationOfRule(GFN_RING_RULE.R1_PRIVATE_PROD, `${actor.name} writes ${event.place.name}`);
    },
    prod: (state, event, view, { ring }) =>
      isWrite(event.kind) ? publishes(context, state, event, view, ring) : state,
    cons_index: (state, event, view, { ring }) =>
      isWrite(event.kind)
        ? movesCons(context, state, event, ring, view.holder(slots_lock) === event.thread)
        : readsRoom(context, state, event, ring),
    cons(state, event, view, { ring }) {
      if (isWrite(event.kind)) return hostile.has(ring) ? state : harvests(context, state, event, ring);
      return view.holder(slots_lock) === event.thread ? readsCons(context, state, event, ring) : state;
    },
    pad: (state, event) =>
      isWrite(event.kind)
        ? violationOfRule(GFN_RING_RULE.R8_PAD, `${spec.actors[event.thread].name} writes ${event.place.name}`)
        : state,
    entry(state, event, view, role) {
      if (isWrite(event.kind)) return writesEntry(context, state, event, role);
      return view.holder(slots_lock) === event.thread ? readsEntry(context, state, event, role.ring) : state;
    },
    armed: (state, event, view, role) =>
      isWrite(event.kind) && event.value === ARMED ? rearms(context, state, event, view, role) : state,
    // fetchAnd: a page walk drops its own cached translation.
    translations: (state, event, view, role) =>
      isWrite(event.kind) && event.kind !== Kind.fetchAnd && event.value === 0
        ? flushes(context, state, event, view.holder(slots_lock) === event.thread, role)
        : state,
    slots_lock: (state, event) =>
      event.kind === Kind.lock ? startsRingReset(state, event) : endsRingReset(context, state, event),
    mmu_lock: (state) => state,
  };
}
