import type { StateView, StepEvent } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import type { GfnListEntry, GfnListState } from '../../../models/gfnList.ts';
import type { MonitorState } from '../../../vm/properties/monitor.ts';
import { formatGfn } from '../../../vm/properties/monitorHelpers.ts';
import { type ActorSpec, effectsOf, hostileRings, type VmSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { GfnList } from '../gfn_list.ts';
import type { GfnLists } from '../gfnList.ts';

/** The rules, by what they require. */
export const GFN_LIST_RULE = {
  A1_ORDER: 'A1 fetch <= avail <= dirty <= size',
  A2_COUNT: 'A2 KVM_GET_DIRTY_COUNT alone moves avail, to dirty',
  A2_LOCK: 'A2 KVM_GET_DIRTY_COUNT reads dirty and moves avail under list_lock',
  A3_STABLE: 'A3 an entry that dirty covers is whole, and stays as it is until the reset',
  A4_PAGES: 'A4 reset re-arms exactly what was fetched',
  A4_ZERO: 'A4 after a reset all indices are zero',
  A4_RESULT: 'A4 reset returns how many entries it re-armed',
  A4_LOCK: 'A4 indices go back to zero under list_lock',
  A4_ONCE: 'A4 reset reads what userspace can write once',
  A4_RANGE: 'A4 a fetch beyond the list changes nothing',
  A5_FULL: 'A5 a full list takes no entry',
  A5_LOCK: 'A5 push writes entry and index under list_lock',
  A5_RECORDED: 'A5 no page becomes writable unrecorded',
  A6_INDEX: 'A6 push writes at the index that the kernel itself counts',
} as const;

/** What a thread did since its operation began; from `fetchIndex` on: since it took slots_lock. */
export interface GfnListThread {
  readonly taken: readonly GfnListEntry[];
  /** The value of fetch_index that a reset read. */
  readonly fetchIndex: number | undefined;
  /** Words of entries that it read. */
  readonly words: readonly string[];
  /** Pages that it re-armed, as `slot:offset`. */
  readonly armed: readonly string[];
  /** Whether it set an index to zero. */
  readonly zeroed: boolean;
}

/** What a thread forgets when it takes slots_lock. */
export const NO_LIST_RESET: Partial<GfnListThread> = { fetchIndex: undefined, words: [], armed: [], zeroed: false };
export const IDLE_LIST_THREAD: GfnListThread = {
  taken: [],
  fetchIndex: undefined,
  words: [],
  armed: [],
  zeroed: false,
};

export type GfnListMonitorState = MonitorState<GfnListState, GfnListThread>;

/** The state after a step, or what the step violates. */
export type GfnListNext = GfnListMonitorState | Violation;

/** What does not change while a VM runs. */
export interface GfnListContext {
  readonly spec: VmSpec;
  readonly vm: TrackedVm<GfnLists>['vm'];
  readonly list: GfnList;
  /** Whether userspace keeps to the rules. */
  readonly honest: boolean;
}

export type ListIndex = 'dirty_index' | 'avail_index' | 'fetch_index';

export const holdsListLock = ({ list }: GfnListContext, { thread }: StepEvent, view: StateView): boolean =>
  view.holder(list.list_lock) === thread;

export const resetsList = ({ vm }: GfnListContext, { thread }: StepEvent, view: StateView): boolean =>
  view.holder(vm.kvm.slots_lock) === thread;

/**
 * Whether userspace keeps to the rules: it writes no mapped memory, and one thread alone drains the
 * list.
 */
export function isHonest(spec: VmSpec): boolean {
  const draining = spec.actors.filter(({ operations }) => operations.some((op) => effectsOf(op).drains !== 'no'));
  return hostileRings(spec).size === 0 && draining.length <= 1;
}

export const mayPush = (role: ActorSpec['role']): boolean => role === 'vcpu' || role === 'host';

export const gfnListKey = ({ entries, available, fetched }: GfnListState): string =>
  `${entries.map(formatGfn)}|${available},${fetched};`;

export const gfnListThreadKey = ({ taken, fetchIndex, words, armed, zeroed }: GfnListThread): string =>
  `${taken.map(formatGfn)}|${fetchIndex}|${words}|${armed}|${zeroed};`;
