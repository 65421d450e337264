import { signalledActors } from '../../../actors/operations/signal.ts';
import type { Monitor, ThreadMonitor } from '../../../check/property.ts';
import { ofEachThread } from '../../../check/threadMonitor.ts';
import { isWrite, Kind } from '../../../memory/kinds.ts';
import { DIRTY_RING_INVALID } from '../../../models/dirtyRing.ts';
import { violationOfRule, withElement } from '../../../vm/properties/monitorHelpers.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import { rolesOfDirtyRings } from './dirtyRingPlaces.ts';
import { DIRTY_RING_RULE } from './dirtyRingState.ts';

/**
 * How many entries a thread took since it last could have stopped, by ring. First as flags that it
 * cleared, then as moves of reset_index.
 */
type Taken = readonly number[];

const NONE: Taken = [];

/**
 * G2: one reset takes at most as many entries as the ring has. Otherwise userspace can keep it
 * going, or it goes round for ever. It may stop at a signal: then the count starts anew where it
 * looks for one.
 */
export function boundedReset({ spec, vm, tracker, layout }: TrackedVm<DirtyRings>): ThreadMonitor<Taken> {
  const { rings, version } = tracker;
  const roles = rolesOfDirtyRings(layout, vm, rings);
  const signalled = signalledActors(spec);
  // Linux 6.17 bounds a reset by INT_MAX entries, and by signals: without one, it is not bounded
  // here.
  const isUnbounded = spec.actors.map(
    ({ name, role }) => role === 'hostile' || (version.interruptible && !signalled.has(name)),
  );
  return {
    name: 'bounded reset',
    init: () => NONE,
    step(taken, { thread, kind, place, value }) {
      const role = roles[place.id];
      if (role === undefined || isUnbounded[thread]) return taken;
      if (role.is === 'signal') return isWrite(kind) ? taken : NONE;
      if (role.is === 'slots_lock') return kind === Kind.lock ? NONE : taken;
      const takes = role.is === 'reset_index' || (role.is === 'flags' && value === DIRTY_RING_INVALID);
      if (!takes || !isWrite(kind)) return taken;
      const at = role.is === 'flags' ? role.ring : rings.length + role.ring;
      const now = (taken[at] ?? 0) + 1;
      return now <= rings[role.ring].size
        ? withElement(taken, at, now)
        : violationOfRule(
            DIRTY_RING_RULE.G2_BOUNDED,
            `${spec.actors[thread].name} takes entry number ${now} of ring${role.ring} in one call`,
          );
    },
    returned: () => NONE,
    key: String,
  };
}

/** The same for all threads, where the order of steps is that of their effects. */
export function boundedResets(machine: TrackedVm<DirtyRings>): Monitor<unknown> {
  const { spec, vm, layout, tracker } = machine;
  const roles = rolesOfDirtyRings(layout, vm, tracker.rings);
  const counted = ['flags', 'reset_index', 'signal', 'slots_lock'];
  return {
    ...(ofEachThread(boundedReset(machine), spec.actors.length) as Monitor<unknown>),
    sees: ({ id }) => counted.includes(roles[id]?.is ?? ''),
  };
}
