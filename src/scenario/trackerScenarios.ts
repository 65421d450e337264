import type { MemoryModel } from '../explore/memoryModels/make.ts';
import type { TrackerName } from '../trackers/make.ts';
import type { BuiltIn } from './builtin.ts';
import {
  checkpoint,
  collect,
  copyFirst,
  halt,
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

/** A defect that history knows, and the property that shows it. */
export interface Known {
  /** B01 to B56, or O1 to O7 of the mail: see docs/trackers.md. */
  readonly catalogue: string;
  readonly property: string;
}

export interface TrackerScenario extends Omit<BuiltIn, 'spec'> {
  readonly spec: VmSpec | VmsSpec;
  /** What this tracker is known to get wrong here. */
  readonly known?: Known;
}

const LOST = 'no dirty page is ever lost';
const OUT_OF_BOUNDS = 'G1 the kernel touches nothing beyond ring and slot';

const isMerged = (tracker: TrackerName): boolean => tracker.startsWith('dirty-ring');
/** Those whose reset drops what userspace has not fetched: they are drained while the machine is paused, and not otherwise. */
const mustPause = (tracker: TrackerName): boolean => tracker === 'gfn-list';

/** The scenarios that are the same for all trackers, and those that one is known for. In the order in which `check --tracker` runs them. */
export function scenariosOf(tracker: TrackerName): TrackerScenario[] {
  // The merged ring keeps half of its entries as leeway, as it should never get full.
  const ring = isMerged(tracker) ? { size: 4, leeway: 2 } : { size: 2, leeway: 0 };
  const shapeOf = { tracker, rings: [ring], slots: [{ slot: 0, npages: 2 }], index: 0 } as const;
  const rings = [ring, ring];

  /** A scenario of this tracker. Those in `known` are its known defects. */
  function scenario(
    name: string,
    about: string,
    actors: readonly ActorSpec[],
    sometimes: readonly string[],
    shape: Partial<VmSpec> = {},
    {
      known,
      mode = 'prove',
      tooLargeUnder = [],
    }: { known?: Known | false; mode?: BuiltIn['mode']; tooLargeUnder?: readonly MemoryModel[] } = {},
  ): TrackerScenario {
    const spec: VmSpec = { schema: SCHEMA, name: `${tracker}/${name}`, ...shapeOf, actors, sometimes, ...shape };
    return { about, mode, tooLargeUnder, spec, ...(known && { known }) };
  }

  const running: TrackerScenario[] = mustPause(tracker)
    ? []
    : [
        scenario(
          'dirty-again',
          'a page is written, collected and written again',
          [vcpu(0, write(0), write(0), halt), userspace(serve)],
          ['a page is re-armed', 'a page is written again'],
        ),
        scenario(
          'shared-page',
          'two vCPUs write the same page',
          [vcpu(0, write(0)), vcpu(1, write(0)), userspace(collect)],
          ['a page is written again'],
          { rings, slots: [{ slot: 0, npages: 1 }] },
        ),
        scenario(
          'migrate',
          'live migration of a machine that goes on writing',
          [vcpu(0, write(0), write(0)), userspace(migrate(0, 1))],
          ['the machine moves', 'a page is written again'],
          { slots: [{ slot: 0, npages: 1 }] },
        ),
      ];
  const paused: TrackerScenario[] = [
    scenario(
      'checkpoint',
      'two checkpoints of a machine that goes on writing',
      [vcpu(0, write(0), write(0)), userspace(checkpoint(), checkpoint())],
      ['a checkpoint is committed', 'a page is re-armed', 'a page is written again'],
      { slots: [{ slot: 0, npages: 1 }] },
    ),
  ];
  return [...running, ...paused];
}
