import type { TrackerName } from '../../trackers/registry.ts';
import {
  collect,
  halt,
  host,
  hostWrite,
  kernel,
  migrate,
  reset,
  serve,
  setSlot,
  userspace,
  vcpu,
  write,
  writeIn,
} from '../../vm/actorSpecs.ts';
import {
  backupOf,
  LOST,
  noVcpuOf,
  ONE_PAGE,
  ringsOfSize,
  type TrackerScenario,
  trackerScenario,
} from './trackerScenario.ts';

/** Userspace collects while the guest writes. */
export function whileRunning(tracker: TrackerName): TrackerScenario[] {
  const noVcpu = noVcpuOf(tracker);
  const unrepaired = tracker.startsWith('dirty-ring') && tracker !== 'dirty-ring@repaired';
  return [
    trackerScenario(
      tracker,
      'dirty-again',
      'a page is written, collected and written again',
      [vcpu(0, write(0), write(0), halt), userspace(serve)],
      ['a page is re-armed', 'a page is written again'],
    ),
    trackerScenario(
      tracker,
      'shared-page',
      'two vCPUs write the same page',
      [vcpu(0, write(0)), vcpu(1, write(0)), userspace(collect)],
      ['a page is written again'],
      ONE_PAGE,
    ),
    // GET re-arms by itself: there is no reset for another thread to call.
    ...(tracker === 'dirty-bitmap'
      ? []
      : [
          trackerScenario(
            tracker,
            'two-resetters',
            'another thread resets what userspace has harvested and is about to copy',
            [vcpu(0, write(0), write(0)), userspace(collect), kernel(0, reset)],
            ['a page is re-armed', 'a page is written again'],
            ONE_PAGE,
            { known: unrepaired && { catalogue: 'B20', properties: LOST } },
          ),
        ]),
    trackerScenario(
      tracker,
      'two-spaces',
      'one page number in two address spaces',
      [vcpu(0, write(0), writeIn(0x10000, 0), writeIn(0x10000, 0)), userspace(collect)],
      ['a page is re-armed', 'a page is written again'],
      {
        rings: [ringsOfSize(tracker, 4)],
        slots: [
          { slot: 0, npages: 1 },
          { slot: 0x10000, npages: 1 },
        ],
      },
    ),
    trackerScenario(
      tracker,
      'host-write',
      'the host writes to a page on a thread that runs no vCPU, and so does the guest',
      [vcpu(0, write(0)), host(hostWrite(0)), userspace(collect)],
      ['a page is written again'],
      { ...ONE_PAGE, ...backupOf(tracker) },
      { known: noVcpu && { catalogue: 'B12', properties: noVcpu } },
    ),
    ...(tracker === 'gfn-ring'
      ? [
          trackerScenario(
            tracker,
            'host-waits',
            "the host's own ring gets full, and it waits for a reset",
            [host(hostWrite(0), hostWrite(1), hostWrite(0), halt), userspace(serve)],
            ['a ring is full', 'a page is written again'],
          ),
        ]
      : []),
    trackerScenario(
      tracker,
      'page-log',
      'the hardware logs what is written, until the vCPU exits',
      [vcpu(0, write(0, 1), write(0), halt), userspace(serve)],
      ['the hardware logs a page', 'a page is re-armed', 'a page is written again'],
      { pml: 1, rings: [ringsOfSize(tracker, 4)] },
    ),
    trackerScenario(
      tracker,
      'two-logs',
      'the hardware of two vCPUs logs the same page',
      [vcpu(0, write(0)), vcpu(1, write(0)), userspace(collect)],
      ['the hardware logs a page', 'a page is re-armed', 'a page is written again'],
      { ...ONE_PAGE, pml: 1 },
    ),
    trackerScenario(
      tracker,
      'slot-shrinks',
      'a slot gets smaller between a write and the reset of its entry',
      [vcpu(0, write(0, 1), write(0), write(0)), userspace(setSlot(0, 1), collect)],
      ['a slot is deleted', 'a page is re-armed', 'a page is written again'],
      { rings: [ringsOfSize(tracker, 4)] },
      // The defect is found long before all states are visited.
      { known: unrepaired && { catalogue: 'B22', properties: LOST }, tooLargeUnder: unrepaired ? [] : ['weak'] },
    ),
    trackerScenario(
      tracker,
      'slot-reused',
      'a slot is deleted, and comes back larger',
      [vcpu(0, write(0), write(1)), userspace(setSlot(0, 0), setSlot(0, 2), collect)],
      ['a slot is deleted', 'a page is re-armed'],
      { ...ONE_PAGE, rings: [ringsOfSize(tracker, 4)] },
    ),
    trackerScenario(
      tracker,
      'migrate',
      'live migration of a machine that goes on writing',
      [vcpu(0, write(0), write(0)), userspace(migrate(0, 1))],
      ['the machine moves', 'a page is written again'],
      ONE_PAGE,
    ),
  ];
}
