import {
  collect,
  halt,
  harvest,
  host,
  hostile,
  kernel,
  poke,
  reset,
  serve,
  signalTo,
  userspace,
  vcpu,
  write,
} from '../../vm/actorSpecs.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import { VM_RULE } from '../../vm/properties/vmRules.ts';
import { batches } from '../scenarios/batches.ts';
import { copyBeforeReset } from '../scenarios/copyBeforeReset.ts';
import { multiVmScenarios } from '../scenarios/multiVmScenarios.ts';
import { LOST, ONE_PAGE, OUT_OF_BOUNDS, type ScenarioTracker, trackerScenario } from '../scenarios/trackerScenario.ts';
import { whilePaused } from '../scenarios/whilePaused.ts';
import {
  hardwareLogs,
  hostWrites,
  migration,
  rewrites,
  slotChanges,
  twoResetters,
  twoSpaces,
} from '../scenarios/whileRunning.ts';
import { DIRTY_RING_RULE } from './rules/dirtyRingState.ts';
import { type Version, type VersionName, versions } from './versions.ts';

/** Userspace flags both entries for reset, and the first again. */
const FLAGS_ANEW = hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2), poke(0, 0, 32, 2));

export function dirtyRingScenarios(tracker: ScenarioTracker, versionName: VersionName): BuiltInScenario[] {
  const version = versions[versionName];
  const { interruptible, repaired } = version;
  return [
    ...rewrites(tracker),
    twoResetters(tracker, repaired ? undefined : { catalogue: 'B20', properties: LOST }),
    twoSpaces(tracker),
    ...batches(tracker),
    hostWrites(tracker),
    ...hardwareLogs(tracker),
    ...slotChanges(tracker, repaired ? undefined : { catalogue: 'B22', properties: LOST }),
    migration(tracker),
    ...whilePaused(tracker),
    ...multiVmScenarios(tracker),
    ...ofOneEntry(tracker, version),
    ...(interruptible ? [signal(tracker, version)] : []),
    ...withHostileUserspace(tracker, version),
    ...(versionName === '5.11' ? [copyBeforeReset(tracker)] : []),
    ...(repaired ? ofRepairedRing(tracker) : []),
  ];
}

const ofOneEntry = (tracker: ScenarioTracker, { acquireRelease }: Version): BuiltInScenario[] => [
  trackerScenario(
    tracker,
    'wrap',
    'every index passes 4294967295',
    [vcpu(0, write(0), write(0), halt), userspace(serve)],
    ['an index wraps', 'a page is written again'],
    { index: 0xffffffff },
  ),
  trackerScenario(
    tracker,
    'handed-over',
    'a kernel thread resets what userspace has harvested: the page that was pushed, and no other',
    [vcpu(0, write(1)), userspace(harvest()), kernel(0, reset)],
    ['a page is re-armed'],
    {},
    { known: acquireRelease ? undefined : { catalogue: 'B14', properties: LOST } },
  ),
];

const signal = (tracker: ScenarioTracker, { repaired }: Version): BuiltInScenario =>
  trackerScenario(
    tracker,
    'signal',
    'a signal cuts a reset short; userspace handles it and resets again',
    [vcpu(0, write(0), write(0)), userspace(collect), host(signalTo('userspace'))],
    ['a signal is pending', 'a page is written again'],
    ONE_PAGE,
    { known: repaired ? undefined : { catalogue: 'B19', properties: LOST } },
  );

function withHostileUserspace(
  tracker: ScenarioTracker,
  { interruptible, rejectsWrappedOffset, repaired }: Version,
): BuiltInScenario[] {
  // Indices that have overtaken each other make the ring look full: then its vCPU waits for ever.
  const beyondPushed = {
    catalogue: 'B21',
    properties: [DIRTY_RING_RULE.F3_NOT_OVERTAKEN, VM_RULE.L1_RUNS_AGAIN],
  };
  const endless = { catalogue: 'B16', properties: [DIRTY_RING_RULE.G2_BOUNDED] };
  return [
    trackerScenario(
      tracker,
      'never-pushed',
      'userspace asks to reset an entry that was never pushed',
      [vcpu(0, write(0)), kernel(0, reset), hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2))],
      [],
      ONE_PAGE,
      { known: repaired ? undefined : beyondPushed },
    ),
    trackerScenario(
      tracker,
      'wrapped-offset',
      'userspace rewrites an offset so that the sum with its neighbour wraps to zero (CVE-2026-52969)',
      [vcpu(0, write(1, 0)), userspace(collect), hostile(poke(0, 8, 64, '18446744073709551553'))],
      [],
      {},
      { known: rejectsWrappedOffset ? undefined : { catalogue: 'B11', properties: [...OUT_OF_BOUNDS, ...LOST] } },
    ),
    trackerScenario(
      tracker,
      'no-such-slot',
      'userspace rewrites the slot of an entry: no address space, no id of a slot, and no slot of the VM has that number',
      [vcpu(0, write(1)), userspace(collect), hostile(...['131072', '32767', '5'].map((slot) => poke(0, 4, 32, slot)))],
      [],
    ),
    trackerScenario(
      tracker,
      'endless-reset',
      'userspace flags entries anew as fast as a reset takes them off the ring',
      [vcpu(0, write(0, 1)), kernel(0, reset), FLAGS_ANEW, ...(interruptible ? [host(signalTo('kernel0'))] : [])],
      interruptible ? ['a signal is pending'] : [],
      { rings: [{ size: 2, leeway: 1 }] },
      {
        known: repaired ? undefined : [...(interruptible ? [] : [endless]), beyondPushed],
        tooLargeWithViews: repaired,
      },
    ),
  ];
}

/**
 * In Linux only the leeway orders a reset before the push over its entry: without leeway, weak
 * memory loses pages.
 */
const ofRepairedRing = (tracker: ScenarioTracker): BuiltInScenario[] => [
  trackerScenario(
    tracker,
    'no-leeway',
    'a push over the entry that was reset last',
    [vcpu(0, write(0), write(1), write(2), halt), userspace(serve)],
    ['a ring is full', 'a vCPU stops', 'a page is re-armed'],
    { rings: [{ size: 2, leeway: 0 }], slots: [{ slot: 0, npages: 3 }] },
  ),
  trackerScenario(
    tracker,
    'long-reset',
    'while one reset goes on, more is pushed than the ring has, and userspace flags anew what was taken',
    [vcpu(0, write(0, 1, 2)), kernel(0, reset), FLAGS_ANEW, host(signalTo('kernel0'))],
    ['a signal is pending'],
    { rings: [{ size: 2, leeway: 0 }], slots: [{ slot: 0, npages: 3 }] },
    { mode: 'sample' },
  ),
];
