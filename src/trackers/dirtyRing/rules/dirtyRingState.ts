import type { StateView, StepEvent } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import type { Gfn } from '../../../kvm/kvm.ts';
import type { DirtyRingState } from '../../../models/dirtyRing.ts';
import type { MonitorState } from '../../../vm/properties/monitor.ts';
import { formatGfn, memoizedBy } from '../../../vm/properties/monitorHelpers.ts';
import { hostileRings, performs, type VmSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { DirtyRing } from '../dirty_ring.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import type { Version } from '../versions.ts';

/** The rules, by what they require. */
export const DIRTY_RING_RULE = {
  F1_PRODUCER: 'F-1 the vCPU makes an invalid entry dirty',
  F1_USER: 'F-1 userspace flags dirty entries for reset',
  F1_RESET: 'F-1 reset makes flagged entries invalid',
  F2_WINDOW: 'F-2 the window: dirty entries from reset_index to dirty_index, the oldest first',
  F2_WRITES: 'F-2 a vCPU pushes pages in the order in which it writes them',
  F3_NOT_OVERTAKEN: 'F-3 reset_index does not overtake dirty_index',
  F4_WHOLE: 'F-4 an entry is whole before it is dirty',
  F4_STABLE: 'F-4 an entry stays as it is until it is reset',
  F4_TAKEN: 'F-4 userspace reads an entry before it flags it',
  F4_READ: 'F-4 reset reads each word once, before it gives the entry back',
  F5_ALL: 'F-5 reset goes on for as long as entries are flagged',
  F6_RESET: 'F-6 reset returns how many entries it took',
  F6_HARVEST: 'F-6 harvest reports what it flagged',
  F9_SOFT_FULL: 'F-9 a vCPU whose ring is soft-full does not enter the guest',
  F10_NOT_FULL: 'F-10 no ring gets full',
  G2_BOUNDED: 'G2 one reset takes at most as many entries as the ring has',
  G6_OWN_PAGES: 'G6 a reset re-arms only pages of the entries that it read',
} as const;

/** What a thread did since its operation began; from `flags` on: since it took slots_lock. */
export interface DirtyRingThread {
  /** The entries that it harvested. */
  readonly taken: readonly Gfn[];
  /** How many entries it reset. */
  readonly count: number;
  /** Which of the pages of its operation it pushed last, as an index. */
  readonly last: number;
  /**
   * By ring: the reset flag that it found at the oldest entry; SEEN_END: it must stop; undefined:
   * it has not looked.
   */
  readonly flags: readonly (number | undefined)[];
  /** Words of that entry, or of the next entry to harvest, that it read since. */
  readonly words: readonly string[];
  /** Whether it saw a signal. */
  readonly interrupted: boolean;
}

/** What a thread forgets when it takes slots_lock. */
export const NO_RESET_SECTION = { flags: [], words: [], interrupted: false } as const;
export const IDLE_RING_THREAD: DirtyRingThread = { taken: [], count: 0, last: 0, ...NO_RESET_SECTION };

/** A value of `flags` without the reset flag: reset stops there. */
export const SEEN_END = 0;
export const INDEX_MODULUS = 2 ** 32;

export type DirtyRingMonitorState = MonitorState<readonly DirtyRingState[], DirtyRingThread>;

/** The state after a step, or what the step violates. */
export type DirtyRingNext = DirtyRingMonitorState | Violation;

/** What does not change while a VM runs. */
export interface DirtyRingContext {
  readonly spec: VmSpec;
  readonly vm: TrackedVm<DirtyRings>['vm'];
  readonly rings: readonly DirtyRing[];
  readonly version: Version;
  /** The rings that hostile userspace does not write. */
  readonly honest: ReadonlySet<number>;
  /** Whether the leeway is proved to be large enough. */
  readonly hasRoom: boolean;
  /** Whether a vCPU pushes pages in the order of its writes. */
  readonly inOrder: boolean;
}

export function contextOf({ spec, vm, tracker, hasRoom }: TrackedVm<DirtyRings>): DirtyRingContext {
  const { rings, version } = tracker;
  return {
    ...{ spec, vm, rings, version, hasRoom },
    honest: honestRings(spec),
    // A page of a slot that changes may fault while earlier writes are still in the hardware's log.
    inOrder: spec.pml === undefined || !performs(spec, 'set-slot'),
  };
}

/** The rings that hostile userspace does not write. */
export function honestRings(spec: VmSpec): ReadonlySet<number> {
  const hostile = hostileRings(spec);
  return new Set(spec.rings.map((_, ring) => ring).filter((ring) => !hostile.has(ring)));
}

export const resetsRings = ({ vm }: DirtyRingContext, { thread }: StepEvent, view: StateView): boolean =>
  view.holder(vm.kvm.slots_lock) === thread;

export const actorName = ({ spec }: DirtyRingContext, { thread }: StepEvent): string => spec.actors[thread].name;

/** Whether entry `entry` of ring `ring` is number `count`, from 0, of all that were ever pushed. */
export const isEntryNumber = (
  { spec, rings }: DirtyRingContext,
  { ring, entry }: { readonly ring: number; readonly entry: number },
  count: number,
): boolean => (spec.index + count) % rings[ring].size === entry;

/** The index after `count` entries. */
export const indexAfter = ({ spec }: DirtyRingContext, count: number): number => (spec.index + count) % INDEX_MODULUS;

/**
 * How many pushes there were by a value of dirty_index. During a push, it is one more or one less
 * than the model's.
 */
export const pushesByIndex = (context: DirtyRingContext, { pushed }: DirtyRingState, index: number): number =>
  pushed + ((index - indexAfter(context, pushed)) | 0);

export const dirtyRingsKey = (rings: readonly DirtyRingState[]): string =>
  rings.reduce((key, ring) => key + memoizedBy(ring, ringKey), '');

const ringKey = ({ entries, pushed, harvested, reset }: DirtyRingState): string =>
  `${entries.map(({ flags, slot, offset }) => `${flags}:${slot}:${offset}`)}|${pushed},${harvested},${reset};`;

export const dirtyRingThreadKey = ({ taken, count, last, flags, words, interrupted }: DirtyRingThread): string =>
  `${taken.map(formatGfn)}|${count}|${last}|${flags.length}:${flags}|${words}|${interrupted};`;
