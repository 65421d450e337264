import type { StateView, StepEvent } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import type { Gfn } from '../../../kvm/kvm.ts';
import type { Cell } from '../../../memory/cell.ts';
import type { DirtyBitmapState } from '../../../models/dirtyBitmap.ts';
import type { MonitorState } from '../../../vm/properties/monitor.ts';
import { formatGfn, memoizedBy } from '../../../vm/properties/monitorHelpers.ts';
import type { VmSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { DirtyTracker } from '../../interface/tracker.ts';
import { type Bitmap, WORD } from '../bitmap.ts';

/** The rules, by what they require. */
export const DIRTY_BITMAP_RULE = {
  D1_MARK: 'D1 a write sets the bit of its page, and no other',
  D1_ALL: 'D1 GET takes every bit that was set when it began',
  D1_TOLD: 'D1 GET reports the bits that it found',
  D2_MMU_LOCK: 'D2 bits are cleared and pages write-protected under mmu_lock',
  D2_ORDER: 'D2 a page is write-protected after its bit is cleared',
  D3_PROTECTED: 'D3 every page that GET reports is write-protected',
  D5_ONLY_READS: 'D5 with manual protection GET changes nothing',
  D6_PROTECTED: 'D6 CLEAR write-protects exactly the pages whose bits it cleared',
  D6_ALL: 'D6 CLEAR clears every bit that it is asked to',
  D8_COPY: 'D8 a page is copied after CLEAR',
  D9_READ: 'D9 CLEAR clears no bit that userspace has not read',
  D11_ATOMIC: 'D11 bits change by atomic updates alone',
  D12_SLOTS_LOCK: 'D12 slots_lock spans clearing, protection and flush',
  D13_SLOT: 'D13 what was recorded in a slot goes with it',
} as const;

/**
 * What a thread did since its operation began; from `before` on: since it took slots_lock. Pages
 * are `slot:offset`.
 */
export interface BitmapThread {
  /** The pages that GET told it, in order. */
  readonly told: readonly Gfn[];
  /** With manual protection: the pages that it was told and has not cleared since. */
  readonly seen: readonly string[];
  /** With manual protection: the pages that it was told and no thread has cleared since. */
  readonly owed: readonly string[];
  /** The bitmaps when it took slots_lock. */
  readonly before: readonly DirtyBitmapState[];
  /** Whether it accessed a bitmap. */
  readonly touched: boolean;
  /** Place ids of the words that it found empty or cleared. */
  readonly looked: readonly number[];
  /** Whether it cleared as CLEAR does. */
  readonly clears: boolean;
  /** Pages whose bits it cleared and that are not write-protected yet. */
  readonly due: readonly string[];
  /** Pages that it write-protected and whose translations may still be cached. */
  readonly unflushed: readonly string[];
}

/** What a thread forgets when it takes slots_lock. */
export const NO_BITMAP_SECTION = {
  before: [],
  touched: false,
  looked: [],
  clears: false,
  due: [],
  unflushed: [],
} as const satisfies Partial<BitmapThread>;
export const IDLE_BITMAP_THREAD: BitmapThread = { told: [], seen: [], owed: [], ...NO_BITMAP_SECTION };

export type BitmapMonitorState = MonitorState<readonly DirtyBitmapState[], BitmapThread>;

/** The state after a step, or what the step violates. */
export type BitmapNext = BitmapMonitorState | Violation;

/** What does not change while a VM runs. */
export interface BitmapContext {
  readonly spec: VmSpec;
  readonly vm: TrackedVm<DirtyTracker>['vm'];
  readonly bitmaps: readonly Bitmap[];
  /** By bitmap: its words. */
  readonly words: readonly (readonly Cell[])[];
  /** Whether GET only reads, and CLEAR clears. */
  readonly manual: boolean;
  /** Whether its calls alone write-protect pages. */
  readonly armsAlone: boolean;
}

/** A word of a bitmap. */
export interface WordRole {
  readonly is: 'word';
  readonly bitmap: number;
  readonly word: number;
}

export const holdsSlotsLock = ({ vm }: BitmapContext, { thread }: StepEvent, view: StateView): boolean =>
  view.holder(vm.kvm.slots_lock) === thread;

/** The pages that the bits of `mask` stand for, in word `word` of a bitmap. */
export function pagesOfMask(mask: number, word: number): number[] {
  const pages: number[] = [];
  for (let bit = 0, rest = mask >>> 0; rest !== 0; bit++, rest >>>= 1)
    if ((rest & 1) !== 0) pages.push(word * WORD + bit);
  return pages;
}

/** Pages of a bitmap as `slot:offset`. */
export const pageNames = ({ bitmaps }: BitmapContext, bitmap: number, pages: readonly number[]): string[] =>
  pages.map((page) => `${bitmaps[bitmap].slot.slot}:${page}`);

/** Pages of a bitmap as GET tells them. */
export const gfnsOfPages = ({ bitmaps }: BitmapContext, bitmap: number, pages: readonly number[]): Gfn[] =>
  pages.map((page) => ({ slot: bitmaps[bitmap].slot.slot, offset: BigInt(page) }));

export const bitmapsKey = (bitmaps: readonly DirtyBitmapState[]): string =>
  memoizedBy(bitmaps, () => bitmaps.map(({ dirty }) => `${dirty};`).join(''));

export const bitmapThreadKey = ({
  told,
  seen,
  owed,
  before,
  touched,
  looked,
  clears,
  due,
  unflushed,
}: BitmapThread): string =>
  `${told.map(formatGfn)}|${seen}|${owed}|${bitmapsKey(before)}|${touched}|${looked}|${clears}|${due}|${unflushed}/`;
