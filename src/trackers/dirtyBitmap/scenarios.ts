import { collect, host, hostWrite, setSlot, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import { DEFAULT_TRACKER } from '../interface/tracker.ts';
import { multiVmScenarios } from '../scenarios/multiVmScenarios.ts';
import { type ScenarioTracker, trackerScenario } from '../scenarios/trackerScenario.ts';
import { whilePaused } from '../scenarios/whilePaused.ts';
import { hardwareLogs, hostWrites, migration, rewrites, slotChanges, twoSpaces } from '../scenarios/whileRunning.ts';

/** GET re-arms by itself, so that there is no reset for another thread to call. */
export const dirtyBitmapScenarios = (tracker: ScenarioTracker): BuiltInScenario[] => [
  ...rewrites(tracker),
  twoSpaces(tracker),
  hostWrites(tracker),
  ...hardwareLogs(tracker),
  ...slotChanges(tracker),
  migration(tracker),
  ...manualProtect(tracker),
  ...whilePaused(tracker),
  ...multiVmScenarios(tracker, DEFAULT_TRACKER),
];

/** KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2. */
const manualProtect = (tracker: ScenarioTracker): BuiltInScenario[] => [
  ...(['on', 'initially set'] as const).map((manualProtect) =>
    trackerScenario(
      tracker,
      manualProtect === 'on' ? 'manual' : 'initially-set',
      `CLEAR re-arms, not GET${manualProtect === 'on' ? '' : '; all bits are set at first, and nothing is armed'}`,
      [vcpu(0, write(0), write(0)), userspace(collect), host(hostWrite(1))],
      ['a page is re-armed', 'a page is written again'],
      { manualProtect },
    ),
  ),
  trackerScenario(
    tracker,
    'shrinks-while-cleared',
    'a slot gets smaller while another thread of userspace clears, and the host is on its way to the page that goes',
    [host(hostWrite(1), hostWrite(1)), userspace(setSlot(0, 1)), { ...userspace(collect), name: 'clearer' }],
    [],
    { manualProtect: 'on' },
  ),
];
