import { CHECKPOINT_STEPS } from '../../actors/checkpoint.ts';
import { checkpoint, halt, host, hostWrite, replicate, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import { backupOf, ONE_PAGE, type ScenarioTracker, trackerScenario } from './trackerScenario.ts';

/** Userspace pauses the machine before it drains the log. */
export function whilePaused(tracker: ScenarioTracker): BuiltInScenario[] {
  return [
    ...(tracker.hostWriteDefect === undefined ? [twoInside(tracker)] : []),
    trackerScenario(
      tracker,
      'checkpoint',
      'two checkpoints of a machine that goes on writing',
      [vcpu(0, write(0), write(0)), userspace(checkpoint(), checkpoint())],
      ['a checkpoint is committed', 'a page is re-armed', 'a page is written again'],
      ONE_PAGE,
    ),
    ...CHECKPOINT_STEPS.map((step) =>
      trackerScenario(
        tracker,
        `fails-after-${step}`,
        `a checkpoint fails after its ${step}, and the machine is set back to the last`,
        [vcpu(0, write(0), write(0)), userspace(checkpoint(step), ...(step === 'commit' ? [] : [checkpoint()]))],
        ['the machine is set back', 'a checkpoint is committed'],
        ONE_PAGE,
      ),
    ),
    trackerScenario(
      tracker,
      'replicate',
      'a checkpoint each time that so many pages are dirty that the vCPU stops',
      [vcpu(0, write(0), write(1), halt), userspace(replicate)],
      ['a checkpoint is committed', 'a page is re-armed', ...(tracker.whenFull === 'never' ? [] : ['a vCPU stops'])],
      { rings: [{ size: 2, leeway: 1 }] },
    ),
  ];
}

const twoInside = (tracker: ScenarioTracker): BuiltInScenario =>
  trackerScenario(
    tracker,
    'two-inside',
    'the machine is paused while two threads of the host go in and out',
    [host(hostWrite(0)), { ...host(hostWrite(0)), name: 'host1' }, userspace(checkpoint())],
    ['a checkpoint is committed', 'a page is written again'],
    { ...ONE_PAGE, ...backupOf(tracker) },
    { mode: 'sample' },
  );
