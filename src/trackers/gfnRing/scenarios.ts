import { SCHEMA } from '../../input/schema.ts';
import {
  collect,
  halt,
  harvest,
  host,
  hostile,
  hostWrite,
  kernel,
  poke,
  push,
  reset,
  resetRing,
  serve,
  userspace,
  vcpu,
  write,
  writeIn,
} from '../../vm/actorSpecs.ts';
import type { BuiltInScenario, Mode } from '../../vm/builtInScenario.ts';
import type { ActorSpec, VmSpec } from '../../vm/spec.ts';
import { multiVmScenarios } from '../scenarios/multiVmScenarios.ts';
import { type ScenarioTracker, trackerScenario } from '../scenarios/trackerScenario.ts';
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

/** The scenarios that the ring shares with other trackers. */
export const gfnRingScenarios = (tracker: ScenarioTracker): BuiltInScenario[] => [
  ...rewrites(tracker),
  twoResetters(tracker),
  twoSpaces(tracker),
  hostWrites(tracker),
  trackerScenario(
    tracker,
    'host-waits',
    "the host's own ring gets full, and it waits for a reset",
    [host(hostWrite(0), hostWrite(1), hostWrite(0), halt), userspace(serve)],
    ['a ring is full', 'a page is written again'],
  ),
  ...hardwareLogs(tracker),
  ...slotChanges(tracker),
  migration(tracker),
  ...whilePaused(tracker),
  ...multiVmScenarios(tracker),
];

const SLOT = [{ slot: 0, npages: 2 }];

function scenario(
  name: string,
  mode: Mode,
  about: string,
  actors: readonly ActorSpec[],
  sometimes: readonly string[],
  shape: Partial<VmSpec> = {},
  tooLargeWithViews = false,
): BuiltInScenario<VmSpec> {
  const spec = {
    schema: SCHEMA,
    name,
    rings: [{ size: 2, leeway: 0 }],
    slots: SLOT,
    index: 0,
    actors,
    sometimes,
    ...shape,
  } as const;
  return { about, mode, tooLargeWithViews, spec };
}

const RING = { size: 2, leeway: 0 };

/**
 * In the order in which `check` runs them: those that are quick to prove and break first come
 * first.
 */
export const detailedScenarios: readonly BuiltInScenario<VmSpec>[] = [
  scenario(
    'ring',
    'prove',
    'push, harvest and reset of one ring against the sequential model',
    [vcpu(0, push(0), push(1), push(2)), userspace(harvest(), harvest()), kernel(0, resetRing, resetRing)],
    ['a ring is full', 'a push is refused'],
  ),
  scenario(
    'wrap',
    'prove',
    'the same where every index passes 65535',
    [vcpu(0, push(0), push(1), push(2)), userspace(harvest(1), harvest()), kernel(0, resetRing, resetRing)],
    ['a ring is full', 'an index wraps'],
    { index: 65535 },
  ),
  scenario(
    'dirty-again',
    'prove',
    'a page is written, collected and written again',
    [vcpu(0, write(0), write(0), halt), userspace(serve)],
    ['a page is re-armed', 'a page is written again'],
  ),
  scenario(
    'handed-over',
    'prove',
    'a kernel thread resets what userspace has harvested: those entries, as they were pushed, and no others',
    [vcpu(0, write(1), write(0)), userspace(harvest(), harvest()), kernel(0, reset)],
    ['a ring is full', 'a page is re-armed'],
  ),
  scenario(
    'all-stop',
    'prove',
    'two vCPUs stop for good at once, and userspace notices both',
    [vcpu(0, halt), vcpu(1, halt), userspace(serve)],
    [],
    { rings: [RING, RING], slots: [{ slot: 0, npages: 1 }] },
  ),
  scenario(
    'full-ring',
    'prove',
    'a vCPU stops while its ring is full, and runs again after a reset',
    [vcpu(0, write(0), write(1), write(2), halt), userspace(serve)],
    ['a ring is full', 'a vCPU stops', 'a page is re-armed'],
    { slots: [{ slot: 0, npages: 3 }] },
  ),
  scenario(
    'leeway',
    'prove',
    'a vCPU that dirties two pages at once stops before its ring is full',
    [vcpu(0, write(0), write(1, 2), write(3, 4), halt), userspace(serve)],
    ['a vCPU stops', 'a page is re-armed'],
    { rings: [{ size: 4, leeway: 2 }], slots: [{ slot: 0, npages: 5 }] },
    true,
  ),
  scenario(
    'two-resetters',
    'prove',
    'a kernel thread resets what userspace has harvested and is about to copy',
    [vcpu(0, write(0), write(0)), userspace(collect, collect), kernel(0, reset)],
    ['a page is re-armed', 'a page is written again'],
    { slots: [{ slot: 0, npages: 1 }] },
  ),
  scenario(
    'shared-page',
    'prove',
    'two vCPUs, each with its ring, write the same page',
    [vcpu(0, write(0)), vcpu(1, write(0)), userspace(collect)],
    ['a page is re-armed', 'a page is written again'],
    { rings: [RING, RING], slots: [{ slot: 0, npages: 1 }] },
  ),
  scenario(
    'hostile-cons',
    'prove',
    'one ring has a cons that is ahead of prod, then behind the kernel; the other ring notices nothing',
    [vcpu(1, write(0)), userspace(collect), kernel(0, reset), hostile(poke(0, 2, 16, 3), poke(0, 2, 16, 65535))],
    ['a page is re-armed', 'a cons is refused'],
    { rings: [RING, RING] },
  ),
  scenario(
    'hostile-entry',
    'prove',
    'slot and offset are rewritten between push and reset',
    [
      vcpu(0, write(0)),
      vcpu(1, push(1)),
      userspace(collect),
      hostile(poke(1, 4, 32, 7), poke(1, 8, 64, '18446744073709551615')),
    ],
    ['a page is re-armed'],
    { rings: [RING, RING] },
  ),
  scenario(
    'hostile-wipe',
    'prove',
    'entry 0 is overwritten whole, and prod with it',
    [
      vcpu(0, push(0), push(1)),
      userspace(harvest()),
      kernel(0, resetRing),
      hostile(poke(0, 0, 64, 0), poke(0, 8, 64, 0)),
    ],
    ['a ring is full'],
  ),
  scenario(
    'coalesce',
    'prove',
    'pages of one slot are re-armed in as few calls as the mask allows, and no page of another slot with them',
    [vcpu(0, write(1, 0), write(2), halt), userspace(serve), kernel(0, reset)],
    ['a page is re-armed'],
    { rings: [{ size: 4, leeway: 1 }], slots: [{ slot: 0, npages: 3 }] },
    true,
  ),
  scenario(
    'vm',
    'sample',
    'two vCPUs with two slots, a serving userspace, two resetters',
    [
      vcpu(0, write(0), write(1, 2), write(0), write(2), write(1), halt),
      vcpu(1, write(2), write(0), writeIn(65536, 0), write(0), halt),
      userspace(serve),
      kernel(0, reset, reset, reset),
      kernel(1, reset, reset),
    ],
    ['a ring is full', 'a vCPU stops', 'an index wraps', 'a page is re-armed', 'a page is written again'],
    {
      rings: [ringOf(4, 1), ringOf(2, 0)],
      slots: [
        { slot: 0, npages: 3 },
        { slot: 65536, npages: 1 },
      ],
      index: 65533,
    },
  ),
  scenario(
    'vm-hostile',
    'sample',
    'the same beside a hostile thread that writes one of the rings',
    [
      vcpu(0, write(0), write(1), write(0), write(1), halt),
      vcpu(1, push(2), push(2), push(2), push(2)),
      userspace(serve),
      kernel(0, reset, reset, reset),
      hostile(
        poke(1, 2, 16, 9),
        poke(1, 0, 32, 0xffffffff),
        poke(1, 3, 8, 255),
        poke(1, 2, 16, 65533),
        poke(1, 0, 64, 0),
        poke(1, 16, 64, '18446744073709551615'),
      ),
    ],
    [
      'a ring is full',
      'a vCPU stops',
      'a cons is refused',
      'a push is refused',
      'a page is re-armed',
      'a page is written again',
    ],
    { rings: [ringOf(2, 0), ringOf(2, 0)], slots: [{ slot: 0, npages: 3 }], index: 65533 },
  ),
];

function ringOf(size: number, leeway: number): { readonly size: number; readonly leeway: number } {
  return { size, leeway };
}
