import { STEPS } from '../actors/checkpoint.ts';
import type { MemoryModel } from '../explore/memoryModels/make.ts';
import type { TrackerName } from '../trackers/make.ts';
import type { BuiltIn } from './builtin.ts';
import type { CatalogueNumber } from './catalogue.ts';
import {
  checkpoint,
  collect,
  copyFirst,
  halt,
  harvest,
  host,
  hostile,
  hostWrite,
  kernel,
  migrate,
  poke,
  replicate,
  reset,
  serve,
  setSlot,
  signalTo,
  userspace,
  vcpu,
  write,
  writeIn,
} from './parties.ts';
import { type ActorSpec, SCHEMA, type VmSpec, type VmsSpec } from './spec.ts';

/** A defect that history knows, and how the names of the properties begin that show it. */
export interface Known {
  readonly catalogue: CatalogueNumber;
  readonly properties: readonly string[];
}

/** The number of the defect that a finding shows in a scenario that is known for it. What breaks another property is something else. */
export function knownAs({ property }: { readonly property: string }, known: Known | undefined): CatalogueNumber | null {
  return known?.properties.some((name) => property.startsWith(name)) ? known.catalogue : null;
}

export interface TrackerScenario extends Omit<BuiltIn, 'spec'> {
  readonly spec: VmSpec | VmsSpec;
  /** What this tracker is known to get wrong here. */
  readonly known?: Known;
}

const LOST = ['no dirty page is ever lost', 'NL1'];
const OUT_OF_BOUNDS = ['G1'];
const ONE_PAGE = { slots: [{ slot: 0, npages: 1 }] };

/** Of a tracker: the scenarios that are the same for all, and those for what it alone has, in the order in which `check --tracker` runs them. */
export function scenariosOf(tracker: TrackerName): TrackerScenario[] {
  switch (tracker) {
    case 'gfn-ring':
      return [...whileRunning(tracker), ...whilePaused(tracker), ...beside(tracker)];
    case 'gfn-list':
      // Its reset drops what userspace has not fetched: it is drained while the machine is paused, and not otherwise.
      return [...whilePaused(tracker), ...beside(tracker), ...ofList()];
    case 'dirty-bitmap':
      return [...whileRunning(tracker), ...manual(), ...whilePaused(tracker), ...beside(tracker)];
    default:
      return [...whileRunning(tracker), ...whilePaused(tracker), ...beside(tracker), ...ofMergedRing(tracker)];
  }
}

interface Options {
  readonly known?: Known | false;
  readonly mode?: BuiltIn['mode'];
  readonly tooLargeUnder?: readonly MemoryModel[];
}

function scenario(
  tracker: TrackerName,
  name: string,
  about: string,
  actors: readonly ActorSpec[],
  sometimes: readonly string[],
  shape: Partial<VmSpec> = {},
  { known, mode = 'prove', tooLargeUnder = [] }: Options = {},
): TrackerScenario {
  const vcpus = Math.max(1, ...actors.map(({ vcpu }) => (vcpu ?? 0) + 1));
  const hostRing =
    tracker === 'gfn-ring' && actors.some(({ operations }) => operations.some((op) => op.do === 'host-write'));
  const rings = Array.from({ length: vcpus + (hostRing ? 1 : 0) }, () => ringOf(tracker));
  const spec: VmSpec = {
    schema: SCHEMA,
    name: `${tracker}/${name}`,
    tracker,
    rings,
    slots: [{ slot: 0, npages: 2 }],
    index: 0,
    actors,
    sometimes,
    ...shape,
  };
  return { about, mode, tooLargeUnder, spec, ...(known && { known }) };
}

/** The merged ring should never get full, so that part of it is leeway. */
const ringOf = (tracker: TrackerName, size = 2) =>
  tracker.startsWith('dirty-ring') ? { size: 2 * size, leeway: size } : { size, leeway: 0 };

/** How a tracker fails that has no place for a write without a vCPU. */
const noVcpuOf = (tracker: TrackerName): readonly string[] | false =>
  tracker === 'dirty-ring@5.11' ? ['G4'] : tracker === 'dirty-ring@6.1' && LOST;

/** The place that the merged ring has for it from 6.2 on. */
const backupOf = (tracker: TrackerName): Partial<VmSpec> =>
  tracker.startsWith('dirty-ring') && !noVcpuOf(tracker) ? { backupBitmap: true } : {};

/** Userspace collects while the guest writes. */
function whileRunning(tracker: TrackerName): TrackerScenario[] {
  const noVcpu = noVcpuOf(tracker);
  const unrepaired = tracker.startsWith('dirty-ring') && tracker !== 'dirty-ring@repaired';
  return [
    scenario(
      tracker,
      'dirty-again',
      'a page is written, collected and written again',
      [vcpu(0, write(0), write(0), halt), userspace(serve)],
      ['a page is re-armed', 'a page is written again'],
    ),
    scenario(
      tracker,
      'shared-page',
      'two vCPUs write the same page',
      [vcpu(0, write(0)), vcpu(1, write(0)), userspace(collect)],
      ['a page is written again'],
      ONE_PAGE,
    ),
    scenario(
      tracker,
      'two-resetters',
      'another thread resets what userspace has harvested and is about to copy',
      [vcpu(0, write(0), write(0)), userspace(collect), kernel(0, reset)],
      ['a page is re-armed', 'a page is written again'],
      ONE_PAGE,
      { known: unrepaired && { catalogue: 'B20', properties: LOST } },
    ),
    scenario(
      tracker,
      'two-spaces',
      'one page number in two address spaces',
      [vcpu(0, write(0), writeIn(0x10000, 0), writeIn(0x10000, 0)), userspace(collect)],
      ['a page is re-armed', 'a page is written again'],
      {
        rings: [ringOf(tracker, 4)],
        slots: [
          { slot: 0, npages: 1 },
          { slot: 0x10000, npages: 1 },
        ],
      },
    ),
    scenario(
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
          scenario(
            tracker,
            'host-waits',
            "the host's own ring gets full, and it waits for a reset",
            [host(hostWrite(0), hostWrite(1), hostWrite(0), halt), userspace(serve)],
            ['a ring is full', 'a page is written again'],
          ),
        ]
      : []),
    scenario(
      tracker,
      'page-log',
      'the hardware logs what is written, until the vCPU exits',
      [vcpu(0, write(0, 1), write(0), halt), userspace(serve)],
      ['the hardware logs a page', 'a page is re-armed', 'a page is written again'],
      { pml: 1, rings: [ringOf(tracker, 4)] },
    ),
    scenario(
      tracker,
      'two-logs',
      'the hardware of two vCPUs logs the same page',
      [vcpu(0, write(0)), vcpu(1, write(0)), userspace(collect)],
      ['the hardware logs a page', 'a page is re-armed', 'a page is written again'],
      { ...ONE_PAGE, pml: 1 },
    ),
    scenario(
      tracker,
      'slot-shrinks',
      'a slot gets smaller between a write and the reset of its entry',
      [vcpu(0, write(0, 1), write(0), write(0)), userspace(setSlot(0, 1), collect)],
      ['a slot is deleted', 'a page is re-armed', 'a page is written again'],
      { rings: [ringOf(tracker, 4)] },
      // The defect is found long before all states are visited.
      { known: unrepaired && { catalogue: 'B22', properties: LOST }, tooLargeUnder: unrepaired ? [] : ['weak'] },
    ),
    scenario(
      tracker,
      'slot-reused',
      'a slot is deleted, and comes back larger',
      [vcpu(0, write(0), write(1)), userspace(setSlot(0, 0), setSlot(0, 2), collect)],
      ['a slot is deleted', 'a page is re-armed'],
      { ...ONE_PAGE, rings: [ringOf(tracker, 4)] },
    ),
    scenario(
      tracker,
      'migrate',
      'live migration of a machine that goes on writing',
      [vcpu(0, write(0), write(0)), userspace(migrate(0, 1))],
      ['the machine moves', 'a page is written again'],
      ONE_PAGE,
    ),
  ];
}

/** Userspace pauses the machine before it collects. */
function whilePaused(tracker: TrackerName): TrackerScenario[] {
  return [
    ...(noVcpuOf(tracker)
      ? []
      : [
          scenario(
            tracker,
            'two-inside',
            'the machine is paused while two threads of the host go in and out',
            [host(hostWrite(0)), { ...host(hostWrite(0)), name: 'host1' }, userspace(checkpoint())],
            ['a checkpoint is committed', 'a page is written again'],
            { ...ONE_PAGE, ...backupOf(tracker) },
            { mode: 'hunt' },
          ),
        ]),
    scenario(
      tracker,
      'checkpoint',
      'two checkpoints of a machine that goes on writing',
      [vcpu(0, write(0), write(0)), userspace(checkpoint(), checkpoint())],
      ['a checkpoint is committed', 'a page is re-armed', 'a page is written again'],
      ONE_PAGE,
    ),
    ...STEPS.map((step) =>
      scenario(
        tracker,
        `fails-after-${step}`,
        `a checkpoint fails after its ${step}, and the machine is set back to the last`,
        [vcpu(0, write(0), write(0)), userspace(checkpoint(step), ...(step === 'commit' ? [] : [checkpoint()]))],
        ['the machine is set back', 'a checkpoint is committed'],
        ONE_PAGE,
      ),
    ),
    scenario(
      tracker,
      'replicate',
      'a checkpoint each time that so many pages are dirty that the vCPU stops',
      [vcpu(0, write(0), write(1), halt), userspace(replicate)],
      ['a checkpoint is committed', 'a page is re-armed', ...(tracker === 'dirty-bitmap' ? [] : ['a vCPU stops'])],
      { rings: [{ size: 2, leeway: 1 }] },
    ),
  ];
}

/** Two VMs on one host with different trackers. */
function beside(tracker: TrackerName): TrackerScenario[] {
  const other: TrackerName = tracker === 'dirty-bitmap' ? 'gfn-ring' : 'dirty-bitmap';
  const [collecting] = tracker === 'gfn-list' ? [checkpoint()] : [collect];
  const vm = (of: TrackerName, name: string, ...operations: Parameters<typeof userspace>): VmSpec => {
    const { spec } = scenario(
      of,
      name,
      '',
      [vcpu(0, write(0)), userspace(...operations)],
      ['a page is re-armed'],
      ONE_PAGE,
    );
    return { ...(spec as VmSpec), name };
  };
  return [
    {
      about: `a VM beside another, which uses ${other}`,
      mode: 'prove',
      tooLargeUnder: ['weak'],
      spec: {
        schema: SCHEMA,
        name: `${tracker}/beside`,
        vms: [vm(tracker, 'this', collecting), vm(other, 'other', collect)],
      },
    },
  ];
}

/** The bitmap with KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2. */
function manual(): TrackerScenario[] {
  return (['on', 'initially set'] as const).map((manualProtect) =>
    scenario(
      'dirty-bitmap',
      manualProtect === 'on' ? 'manual' : 'initially-set',
      `CLEAR re-arms, not GET${manualProtect === 'on' ? '' : '; all bits are set at first, and nothing is armed'}`,
      [vcpu(0, write(0), write(0)), userspace(collect), host(hostWrite(1))],
      ['a page is re-armed', 'a page is written again'],
      { manualProtect },
    ),
  );
}

/** Cao's list as the mail objects to it. */
function ofList(): TrackerScenario[] {
  const tracker = 'gfn-list';
  return [
    scenario(
      tracker,
      'not-paused',
      'a page is written between the count and the reset, which begins the list anew',
      [vcpu(0, write(0)), userspace(collect)],
      [],
      ONE_PAGE,
      { known: { catalogue: 'O2', properties: LOST } },
    ),
    scenario(
      tracker,
      'hostile-index',
      'userspace writes the index that the next push goes by',
      [vcpu(0, write(0)), hostile(poke(0, 0, 32, 7))],
      [],
      ONE_PAGE,
      { known: { catalogue: 'O3', properties: OUT_OF_BOUNDS } },
    ),
    copyBeforeReset(tracker),
  ];
}

/** What goes wrong in userspace, whatever the tracker. */
function copyBeforeReset(tracker: TrackerName): TrackerScenario {
  return scenario(
    tracker,
    'copy-before-reset',
    'userspace copies what it harvested, and only then resets',
    [vcpu(0, write(0), write(0)), userspace(copyFirst)],
    [],
    ONE_PAGE,
    { known: { catalogue: 'B36', properties: LOST } },
  );
}

/** The ring as merged. */
function ofMergedRing(tracker: TrackerName): TrackerScenario[] {
  const interruptible = tracker === 'dirty-ring@6.17' || tracker === 'dirty-ring@repaired';
  const repaired = tracker === 'dirty-ring@repaired';
  const wraps = tracker === 'dirty-ring@5.11' || tracker === 'dirty-ring@6.17';
  return [
    scenario(
      tracker,
      'wrap',
      'every index passes 4294967295',
      [vcpu(0, write(0), write(0), halt), userspace(serve)],
      ['an index wraps', 'a page is written again'],
      { index: 0xffffffff },
    ),
    scenario(
      tracker,
      'handed-over',
      'a kernel thread resets what userspace has harvested: the page that was pushed, and no other',
      [vcpu(0, write(1)), userspace(harvest()), kernel(0, reset)],
      ['a page is re-armed'],
      {},
      { known: tracker === 'dirty-ring@5.11' && { catalogue: 'B14', properties: LOST } },
    ),
    ...(interruptible
      ? [
          scenario(
            tracker,
            'signal',
            'a signal cuts a reset short; userspace handles it and resets again',
            [vcpu(0, write(0), write(0)), userspace(collect), host(signalTo('userspace'))],
            ['a signal is pending', 'a page is written again'],
            ONE_PAGE,
            { known: !repaired && { catalogue: 'B19', properties: LOST } },
          ),
        ]
      : []),
    scenario(
      tracker,
      'never-pushed',
      'userspace asks to reset an entry that was never pushed',
      [vcpu(0, write(0)), kernel(0, reset), hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2))],
      [],
      ONE_PAGE,
      { known: !repaired && { catalogue: 'B21', properties: ['F-3'] } },
    ),
    scenario(
      tracker,
      'wrapped-offset',
      'userspace rewrites an offset so that the sum with its neighbour wraps to zero (CVE-2026-52969)',
      [vcpu(0, write(1, 0)), userspace(collect), hostile(poke(0, 8, 64, '18446744073709551553'))],
      [],
      {},
      { known: wraps && { catalogue: 'B11', properties: OUT_OF_BOUNDS } },
    ),
    scenario(
      tracker,
      'endless-reset',
      'entries are harvested as fast as a reset takes them off the ring',
      [
        vcpu(0, write(0), write(1), write(2), halt),
        kernel(0, reset),
        userspace(harvest(), harvest(), harvest(), serve),
      ],
      [],
      { rings: [{ size: 2, leeway: 0 }], slots: [{ slot: 0, npages: 3 }] },
      { known: !interruptible && { catalogue: 'B16', properties: ['G2'] }, mode: interruptible ? 'hunt' : 'prove' },
    ),
    ...(tracker === 'dirty-ring@5.11' ? [copyBeforeReset(tracker)] : []),
  ];
}
