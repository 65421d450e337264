/**
 * Userspace drains the log while the guest writes. A tracker takes the scenarios that it supports.
 */
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
import type { BuiltInScenario, KnownDefect } from '../../vm/builtInScenario.ts';
import { backupOf, ONE_PAGE, type ScenarioTracker, trackerScenario } from './trackerScenario.ts';

/** A page that is written more than once. */
export const rewrites = (tracker: ScenarioTracker): BuiltInScenario[] => [
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
];

/** For trackers that re-arm with an ioctl of its own. */
export const twoResetters = (tracker: ScenarioTracker, known?: KnownDefect): BuiltInScenario =>
  trackerScenario(
    tracker,
    'two-resetters',
    'another thread resets what userspace has harvested and is about to copy',
    [vcpu(0, write(0), write(0)), userspace(collect), kernel(0, reset)],
    ['a page is re-armed', 'a page is written again'],
    ONE_PAGE,
    { known },
  );

export const twoSpaces = (tracker: ScenarioTracker): BuiltInScenario =>
  trackerScenario(
    tracker,
    'two-spaces',
    'one page number in two address spaces',
    [vcpu(0, write(0), writeIn(0x10000, 0), writeIn(0x10000, 0)), userspace(collect)],
    ['a page is re-armed', 'a page is written again'],
    {
      rings: [tracker.ringOfSize(4)],
      slots: [
        { slot: 0, npages: 1 },
        { slot: 0x10000, npages: 1 },
      ],
    },
  );

export const hostWrites = (tracker: ScenarioTracker): BuiltInScenario =>
  trackerScenario(
    tracker,
    'host-write',
    'the host writes to a page on a thread that runs no vCPU, and so does the guest',
    [vcpu(0, write(0)), host(hostWrite(0)), userspace(collect)],
    ['a page is written again'],
    { ...ONE_PAGE, ...backupOf(tracker) },
    { known: tracker.hostWriteDefect },
  );

/** The hardware logs what vCPUs write. */
export const hardwareLogs = (tracker: ScenarioTracker): BuiltInScenario[] => [
  trackerScenario(
    tracker,
    'page-log',
    'the hardware logs what is written, until the vCPU exits',
    [vcpu(0, write(0, 1), write(0), halt), userspace(serve)],
    ['the hardware logs a page', 'a page is re-armed', 'a page is written again'],
    { pml: 1, rings: [tracker.ringOfSize(4)] },
  ),
  trackerScenario(
    tracker,
    'two-logs',
    'the hardware of two vCPUs logs the same page',
    [vcpu(0, write(0)), vcpu(1, write(0)), userspace(collect)],
    ['the hardware logs a page', 'a page is re-armed', 'a page is written again'],
    { ...ONE_PAGE, pml: 1 },
  ),
];

/**
 * A slot that userspace changes while the guest writes.
 *
 * @param known what is wrong when a slot gets smaller
 */
export const slotChanges = (tracker: ScenarioTracker, known?: KnownDefect): BuiltInScenario[] => [
  trackerScenario(
    tracker,
    'slot-shrinks',
    'a slot gets smaller between a write and the reset of its entry',
    [vcpu(0, write(0, 1), write(0), write(0)), userspace(setSlot(0, 1), collect)],
    ['a slot is deleted', 'a page is re-armed', 'a page is written again'],
    { rings: [tracker.ringOfSize(4)] },
    // A defect is found long before all states are visited.
    { known, tooLargeWithViews: known === undefined },
  ),
  trackerScenario(
    tracker,
    'slot-reused',
    'a slot is deleted, and comes back larger',
    [vcpu(0, write(0), write(1)), userspace(setSlot(0, 0), setSlot(0, 2), collect)],
    ['a slot is deleted', 'a page is re-armed'],
    { ...ONE_PAGE, rings: [tracker.ringOfSize(4)] },
  ),
];

export const migration = (tracker: ScenarioTracker): BuiltInScenario =>
  trackerScenario(
    tracker,
    'migrate',
    'live migration of a machine that goes on writing',
    [vcpu(0, write(0), write(0)), userspace(migrate(0, 1))],
    ['the machine moves', 'a page is written again'],
    ONE_PAGE,
  );
