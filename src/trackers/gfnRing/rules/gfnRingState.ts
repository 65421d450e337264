import type { Violation } from '../../../explore/execution/violation.ts';
import type { GfnEntry, GfnRingState } from '../../../models/ring.ts';
import type { GfnRing } from '../../../ring/kvm_gfnring.ts';
import type { MonitorState } from '../../../vm/properties/monitor.ts';
import { formatGfn, memoizedBy } from '../../../vm/properties/monitorHelpers.ts';
import type { ActorSpec, VmSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { GfnRings } from '../gfnRings.ts';

/** The rules, by what they require. */
export const GFN_RING_RULE = {
  R1_PRIVATE_PROD: 'R1 only its vCPU moves the private prod',
  R1_SHARED_PROD: 'R1 only its vCPU moves the shared prod',
  R1_PRIVATE_CONS: 'R1 the private cons moves under slots_lock',
  R2_COUNT: 'R2 the kernel never counts more entries than the ring has',
  R2_ORDER: 'R2 kernel cons <= user cons <= prod',
  R3_PRIVATE_BY_ONE: 'R3 the private prod follows each push by one',
  R3_SHARED_BY_ONE: 'R3 the shared prod follows each push by one',
  R3_ENTRY_FIRST: 'R3 no index is published before its entry',
  R4_ORDER: 'R4 entries are harvested in the order they were pushed',
  R5_NOT_OVERWRITTEN: 'R5 no entry is overwritten before it was reset',
  R6_FULL: 'R6 a full ring takes no entry',
  R6_ONE: 'R6 push adds one entry, or none and says so',
  R6_RESULT: 'R6 push returns the entries in use, or -EBUSY',
  R7_EXACTLY: 'R7 reset processes exactly what was harvested',
  R7_REARMED: 'R7 every page that was reset is re-armed',
  R7_RESULT: 'R7 reset says what it processed',
  R8_PAD: 'R8 entry 0 has no pad but the indices',
  R9_UNCHANGED: 'R9 a cons out of range changes nothing',
  R9_OTHERS_SERVED: 'R9 a hostile ring keeps no other from being served',
  R9_HONEST_IN_RANGE: 'R9 the cons of an honest userspace is in range',
  R12_SLOTS_LOCK: 'R12 slots_lock is held during a reset',
  R12_MMU_LOCK: 'R12 mmu_lock is held around the re-arm call',
  R12_MMU_LOCK_ONLY: 'R12 mmu_lock is held only around the re-arm call',
  R12_FLUSH: 'R12 slots_lock spans reset and flush',
  C4_CONS: 'C4 cons is read once',
  C4_ENTRY: 'C4 an entry is read once',
} as const;

/** The models of all rings, and what each thread is doing. */
export type GfnRingMonitorState = MonitorState<readonly GfnRingState[], GfnRingThread>;

/** What a thread did since its operation began; from `cons` on: since it took slots_lock. */
export interface GfnRingThread {
  /** What a push must return, by its last read of the private cons. */
  readonly room: number | undefined;
  /** How many entries it published. */
  readonly pushed: number;
  readonly taken: readonly GfnEntry[];
  /** By ring: the cons that it read. */
  readonly cons: Readonly<Record<number, number>>;
  /** By ring: how many entries the reset must process, by that cons and the private prod. */
  readonly expected: Readonly<Record<number, number>>;
  readonly processed: Readonly<Record<number, number>>;
  /** Place ids of the entry words that it read. */
  readonly words: readonly number[];
  /** Pages that it re-armed, as `slot:offset`. */
  readonly armed: readonly string[];
  /** Pages that it must re-arm. */
  readonly due: readonly string[];
  /** Pages that it re-armed and whose translations may still be cached. */
  readonly unflushed: readonly string[];
}

/** What a thread forgets when it takes slots_lock. */
export const NO_RESET = {
  cons: {},
  expected: {},
  processed: {},
  words: [],
  armed: [],
  due: [],
  unflushed: [],
} as const satisfies Partial<GfnRingThread>;

/** HOT: a literal, not a spread, so that all copies have their fields in the object itself. */
export const IDLE: GfnRingThread = {
  room: undefined,
  pushed: 0,
  taken: [],
  cons: {},
  expected: {},
  processed: {},
  words: [],
  armed: [],
  due: [],
  unflushed: [],
};

/** The kernel's indices count modulo this. */
export const MODULUS = 0x10000;

/** What does not change while a VM runs. */
export interface GfnRingContext {
  readonly spec: VmSpec;
  readonly vm: TrackedVm<GfnRings>['vm'];
  readonly rings: readonly GfnRing[];
  readonly hostile: ReadonlySet<number>;
}

/** The state after a step, or what the step violates. */
export type GfnRingNext = GfnRingMonitorState | Violation;

/** Whether an actor may push onto a ring. The host has the last. */
export const ownsRing = ({ rings }: GfnRingContext, { role, vcpu }: ActorSpec, ring: number): boolean =>
  role === 'host' ? ring === rings.length - 1 : vcpu === ring;

/** How far index `to` is ahead of `from`. */
export const distance = (to: number, from: number): number => (((to - from) % MODULUS) + MODULUS) % MODULUS;

/** A step changes one ring: the texts of the others are memoized. */
export const gfnRingsKey = (rings: readonly GfnRingState[]): string =>
  rings.reduce((key, ring) => key + memoizedBy(ring, ringKey), '');

const ringKey = ({ published, harvested, reset, entries }: GfnRingState): string =>
  `${published},${harvested},${reset},${entries.map(formatGfn)};`;

export const gfnRingThreadKey = (thread: GfnRingThread): string => (thread === IDLE ? ';' : doingKey(thread));

const doingKey = ({
  room,
  pushed,
  taken,
  cons,
  expected,
  processed,
  words,
  armed,
  due,
  unflushed,
}: GfnRingThread): string =>
  `${room},${pushed}|${taken.map(formatGfn)}|${JSON.stringify(cons)}${JSON.stringify(expected)}${JSON.stringify(processed)}|${words}|${armed}|${due}|${unflushed};`;
