import type { Monitor, StateView } from '../../../check/property.ts';
import type { Gfn } from '../../../kvm/kvm.ts';
import { isWrite, Kind } from '../../../memory/kinds.ts';
import { type DirtyRingState, emptyDirtyRing } from '../../../models/dirtyRing.ts';
import { createMonitor, forgetThread, type Reducers, updateThread } from '../../../vm/properties/monitor.ts';
import { describeDifference, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import type { OperationSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import { type DirtyRingRole, rolesOfDirtyRings } from './dirtyRingPlaces.ts';
import {
  contextOf,
  DIRTY_RING_RULE,
  type DirtyRingContext,
  type DirtyRingMonitorState,
  type DirtyRingNext,
  type DirtyRingThread,
  dirtyRingsKey,
  dirtyRingThreadKey,
  IDLE_RING_THREAD,
  indexAfter,
  NO_RESET_SECTION,
  resetsRings,
} from './dirtyRingState.ts';
import { flagsEntry, readsHarvestedWord } from './ringHarvestRules.ts';
import { fillsEntry, movesDirtyIndex, pushesEntry } from './ringPushRules.ts';
import { leavesReset, movesResetIndex, readsBound, readsFlags, readsResetWord, resetsEntry } from './ringResetRules.ts';

/**
 * F-1 to F-6 and F-10 of the merged ring. Each effect is compared with the sequential model
 * (`models/dirtyRing.ts`) at the step where it happens. Of a ring that hostile userspace writes,
 * the monitor requires what the kernel must guarantee whatever it finds there. Where the leeway may
 * be too small, a ring may get full. Whether pages are re-armed (F-7), and when translations are
 * flushed, shows as lost pages.
 */
export function dirtyRingMonitor(machine: TrackedVm<DirtyRings>): Monitor<DirtyRingMonitorState> {
  const { spec, vm, layout } = machine;
  const context = contextOf(machine);
  return createMonitor<readonly DirtyRingState[], DirtyRingThread, DirtyRingRole>({
    name: 'flag rules',
    spec,
    roles: rolesOfDirtyRings(layout, vm, context.rings),
    model: context.rings.map(({ size }) => emptyDirtyRing(size)),
    idle: IDLE_RING_THREAD,
    reducers: { ...entryReducers(context), ...indexReducers(context) },
    returned: (state, thread, operation, result, view) => returns(context, state, thread, operation, result, view),
    modelKey: dirtyRingsKey,
    threadKey: dirtyRingThreadKey,
  });
}

type RingReducers = Reducers<DirtyRingMonitorState, DirtyRingRole>;

const entryReducers = (context: DirtyRingContext): Pick<RingReducers, 'flags' | 'word'> => ({
  flags(state, event, view, role) {
    const resets = resetsRings(context, event, view);
    if (!isWrite(event.kind)) return resets ? readsFlags(context, state, event, role) : state;
    if (resets) return resetsEntry(context, state, event, role);
    return context.spec.actors[event.thread].vcpu === role.ring
      ? pushesEntry(context, state, event, view, role)
      : flagsEntry(context, state, event, role);
  },
  word(state, event, view, role) {
    if (isWrite(event.kind)) return fillsEntry(context, state, event, role);
    if (resetsRings(context, event, view)) return readsResetWord(context, state, event, role);
    const isUserspace = context.spec.actors[event.thread].vcpu === undefined;
    return isUserspace && context.honest.has(role.ring) ? readsHarvestedWord(state, event) : state;
  },
});

const indexReducers = (context: DirtyRingContext): Omit<RingReducers, 'flags' | 'word'> => ({
  dirty_index(state, event, view, { ring }) {
    if (isWrite(event.kind)) return movesDirtyIndex(context, state, event, ring);
    return context.version.repaired && resetsRings(context, event, view)
      ? readsBound(context, state, event, ring)
      : state;
  },
  reset_index: (state, event, view, { ring }) =>
    isWrite(event.kind) ? movesResetIndex(context, state, event, ring, resetsRings(context, event, view)) : state,
  warned: (state, event, _, { ring }) =>
    isWrite(event.kind) && context.hasRoom && context.honest.has(ring)
      ? violationOfRule(
          DIRTY_RING_RULE.F10_NOT_FULL,
          `${context.spec.actors[event.thread].name} warns that ring${ring} is`,
        )
      : state,
  signal: (state, event, view) =>
    isWrite(event.kind) || !resetsRings(context, event, view)
      ? state
      : event.value === 0
        ? state
        : updateThread(state, event.thread, { interrupted: true }),
  slots_lock: (state, event, view) =>
    event.kind === Kind.lock
      ? updateThread(state, event.thread, NO_RESET_SECTION)
      : leavesReset(context, state, event, view),
});

/** The operations that return what they harvested. */
const HARVESTS: readonly OperationSpec['do'][] = ['collect', 'copy-first', 'harvest'];

/** An operation has ended: its result must be that of the model. */
function returns(
  context: DirtyRingContext,
  state: DirtyRingMonitorState,
  thread: number,
  operation: number,
  result: unknown,
  view: StateView,
): DirtyRingNext {
  const { spec, rings, honest, hasRoom } = context;
  const { operations, vcpu } = spec.actors[thread];
  const { do: does } = operations[operation];
  const { taken, count } = state.threads[thread];
  if (does === 'reset' && result !== count)
    return violationOfRule(DIRTY_RING_RULE.F6_RESET, `it returned ${result}, and took ${count}`);
  if (vcpu !== undefined) {
    const { pushed } = state.model[vcpu];
    const index = view.read(rings[vcpu].dirty_index);
    if (index !== indexAfter(context, pushed))
      return violationOfRule(DIRTY_RING_RULE.F2_WINDOW, `after ${pushed} pushes dirty_index is ${index}`);
  }
  if (HARVESTS.includes(does) && hasRoom && honest.size === rings.length) {
    const wrong = describeDifference(result as readonly Gfn[], taken);
    if (wrong !== undefined) return violationOfRule(DIRTY_RING_RULE.F6_HARVEST, wrong);
  }
  return forgetThread(state, thread, IDLE_RING_THREAD);
}
