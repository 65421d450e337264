import type { Monitor, StateView, StepEvent } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import { ARMED, type Page } from '../../../guest/guest.ts';
import type { Gfn } from '../../../kvm/kvm.ts';
import { isRmw, isWrite, Kind } from '../../../memory/memory.ts';
import { type BitmapState, dirtyBitmapClear, emptyBitmap, fullBitmap, mark } from '../../../models/dirtyBitmap.ts';
import {
  differing,
  formatCall,
  memoizedBy,
  pushesOf,
  rolesBy,
  text,
  violationOfRule,
  withElement,
} from '../../../vm/properties/monitorHelpers.ts';
import { performs, type VmSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { DirtyTracker } from '../../interface/tracker.ts';
import type { Bitmap } from '../bitmap.ts';

interface State {
  readonly bitmaps: readonly BitmapState[];
  readonly threads: readonly Doing[];
}

/** What a thread is in the middle of: since its operation began, or, from `before` on, since it took slots_lock. Pages are `slot:offset`. */
interface Doing {
  /** What GET has told it, in that order. */
  readonly told: readonly Gfn[];
  /** With manual protection, of that: what it has not cleared since; and what nobody has. */
  readonly seen: readonly string[];
  readonly owed: readonly string[];
  /** The bitmaps when it took slots_lock. Since then: whether it read or wrote one; the words it has found empty or emptied, as places; whether it did so as CLEAR does. */
  readonly before: readonly BitmapState[];
  readonly touched: boolean;
  readonly looked: readonly number[];
  readonly clears: boolean;
  /** Pages whose bits are cleared and that are not write-protected; that are, and may still be cached somewhere. */
  readonly due: readonly string[];
  readonly unflushed: readonly string[];
}

const SECTION: Pick<Doing, 'before' | 'touched' | 'looked' | 'clears' | 'due' | 'unflushed'> = {
  before: [],
  touched: false,
  looked: [],
  clears: false,
  due: [],
  unflushed: [],
};
const IDLE: Doing = { told: [], seen: [], owed: [], ...SECTION };
const WORD = 32;
/** What matters of a page; the last with manual protection alone, where it may be copied too early. */
const PAGE_WORDS = ['armed', 'translations', 'version'] as const;

type Role =
  | { readonly is: 'word'; readonly bitmap: number; readonly word: number }
  | { readonly is: 'armed' | 'translations' | 'version'; readonly page: Page }
  | { readonly is: 'slots_lock' | 'mmu_lock' };

const D1_MARK = 'D1 a write sets the bit of its page, and no other';
const D1_ALL = 'D1 GET takes every bit that was set when it began';
const D1_TOLD = 'D1 GET reports the bits that it found';
const D2_MMU = 'D2 bits are cleared and pages write-protected under mmu_lock';
const D2_ORDER = 'D2 a page is write-protected after its bit is cleared';
const D3 = 'D3 every page that GET reports is write-protected';
const D5 = 'D5 with manual protection GET changes nothing';
const D6_ARMED = 'D6 CLEAR write-protects exactly the pages whose bits it cleared';
const D6_ALL = 'D6 CLEAR clears every bit that it is asked to';
const D8 = 'D8 a page is copied after CLEAR';
const D9 = 'D9 CLEAR clears no bit that userspace has not read';
const D11 = 'D11 bits change by atomic updates alone';
const D12 = 'D12 slots_lock spans clearing, protection and flush';

/**
 * D1 to D3, D5, D6, D8, D9, D11 and D12 of a dirty log, each effect held against the sequential model at the step where it happens. A userspace that copies first on purpose
 * is shown by the pages that it loses.
 *
 * @param manual whether GET only reads, and CLEAR clears
 * @param armsAlone whether its calls alone write-protect pages; false: a ring does so, too
 */
export function dirtyBitmapMonitor(
  { spec, vm, layout }: TrackedVm<DirtyTracker>,
  bitmaps: readonly Bitmap[],
  { manual, armsAlone }: { readonly manual: boolean; readonly armsAlone: boolean },
): Monitor<State> {
  const { slots_lock, mmu_lock } = vm.kvm;
  const wordsOf = bitmaps.map(({ words, word }) => Array.from({ length: words }, (_, i) => word(i)));
  const roles = rolesBy<Role>(layout, [
    ...wordsOf.flatMap((words, bitmap) => words.map((cell, word) => [cell, { is: 'word', bitmap, word }] as const)),
    ...vm.guest.pages.flatMap((page) =>
      (manual ? PAGE_WORDS : PAGE_WORDS.slice(0, 2)).map((is) => [page[is], { is, page }] as const),
    ),
    [slots_lock, { is: 'slots_lock' }],
    [mmu_lock, { is: 'mmu_lock' }],
  ]);
  const copiesFirst = performs(spec, 'copy-first');
  const gfn = (bitmap: number, page: number): Gfn => ({ slot: bitmaps[bitmap].slot.slot, offset: BigInt(page) });
  const named = (bitmap: number, pages: readonly number[]): string[] => pages.map((page) => text(gfn(bitmap, page)));

  function step(state: State, event: StepEvent, look: StateView): State | Violation {
    const role = roles[event.place.id];
    if (role === undefined) return state;
    const doing = state.threads[event.thread];
    const holds = look.holder(slots_lock) === event.thread;
    switch (role.is) {
      case 'word':
        if (!isWrite(event.kind)) return holds ? looks(state, event, role.bitmap, role.word) : state;
        if (!isRmw(event.kind))
          return violationOfRule(D11, `${spec.actors[event.thread].name} stores to ${event.place.name}`);
        return isProducer(spec, event.thread)
          ? marked(state, event, role.bitmap, role.word)
          : cleared(state, event, role.bitmap, role.word, look);
      case 'armed':
        // A cmpxchg that finds it so writes nothing.
        return isWrite(event.kind) &&
          event.value === ARMED &&
          (event.kind !== Kind.cmpxchg || event.old !== ARMED) &&
          (armsAlone || doing.touched)
          ? rearmed(state, event, role.page, look)
          : state;
      case 'translations':
        return doing.unflushed.length > 0 && isWrite(event.kind) && event.value === 0
          ? update(state, event.thread, { unflushed: doing.unflushed.filter((page) => page !== formatCall(role.page)) })
          : state;
      case 'version': {
        const copies = !isWrite(event.kind) && !copiesFirst && doing.owed.includes(formatCall(role.page));
        return copies ? violationOfRule(D8, `${event.place.name} is read before`) : state;
      }
      case 'mmu_lock':
        return event.kind === Kind.unlock && doing.due.length > 0
          ? violationOfRule(doing.clears ? D6_ARMED : D3, `not write-protected: ${doing.due.join(', ')}`)
          : state;
      case 'slots_lock':
        return event.kind === Kind.lock
          ? update(state, event.thread, { ...SECTION, before: state.bitmaps })
          : leavesSlotsLock(state, event);
    }
  }

  function marked(state: State, event: StepEvent, b: number, word: number): State | Violation {
    const { name, operations } = spec.actors[event.thread];
    const may = pushesOf(operations[event.operation]).map(text);
    const set = pagesOf(event.value & ~event.old, word);
    const other = [
      ...named(b, set).filter((page) => !may.includes(page)),
      ...named(b, pagesOf(event.old & ~event.value, word)),
    ];
    if (other.length > 0) return violationOfRule(D1_MARK, `${name} changes that of ${other.join(', ')}`);
    return set.length === 0 ? state : withBitmap(state, b, set.reduce(mark, state.bitmaps[b]));
  }

  function looks(state: State, event: StepEvent, b: number, word: number): State {
    const doing = state.threads[event.thread];
    const through = manual || event.value === 0;
    const looked = through ? [...doing.looked, event.place.id] : doing.looked;
    if (!manual) return update(state, event.thread, { touched: true, looked });
    const pages = pagesOf(event.value, word);
    const names = named(b, pages);
    return update(state, event.thread, {
      touched: true,
      looked,
      told: [...doing.told, ...pages.map((page) => gfn(b, page))],
      seen: [...new Set([...doing.seen, ...names])],
      owed: [...new Set([...doing.owed, ...names])],
    });
  }

  function cleared(state: State, event: StepEvent, b: number, word: number, look: StateView): State | Violation {
    const { name } = spec.actors[event.thread];
    const doing = state.threads[event.thread];
    if (manual && event.kind !== Kind.fetchAnd) return violationOfRule(D5, `${name} clears ${event.place.name}`);
    if (look.holder(slots_lock) !== event.thread)
      return violationOfRule(D12, `${name} clears ${event.place.name} without it`);
    if (look.holder(mmu_lock) !== event.thread)
      return violationOfRule(D2_MMU, `${name} clears ${event.place.name} without it`);
    const pages = pagesOf(event.old & ~event.value, word);
    const names = named(b, pages);
    const unread = manual ? names.filter((page) => !doing.seen.includes(page)) : [];
    if (unread.length > 0) return violationOfRule(D9, `${name} clears that of ${unread.join(', ')}`);
    const next = withBitmap(state, b, dirtyBitmapClear(state.bitmaps[b], pages));
    const left = (of: readonly string[]) => (of.length === 0 ? of : of.filter((page) => !names.includes(page)));
    const threads = next.threads.map((of) => (of.owed.length === 0 ? of : { ...of, owed: left(of.owed) }));
    return update({ ...next, threads }, event.thread, {
      touched: true,
      looked: [...doing.looked, event.place.id],
      clears: manual,
      due: [...doing.due, ...names],
      ...(manual ? { seen: left(doing.seen) } : { told: [...doing.told, ...pages.map((page) => gfn(b, page))] }),
    });
  }

  function rearmed(state: State, event: StepEvent, page: Page, look: StateView): State | Violation {
    const { name } = spec.actors[event.thread];
    const { due, unflushed, touched, clears } = state.threads[event.thread];
    if (manual && touched && !clears) return violationOfRule(D5, `${name} re-arms ${event.place.name}`);
    if (look.holder(slots_lock) !== event.thread)
      return violationOfRule(D12, `${name} re-arms ${event.place.name} without it`);
    if (look.holder(mmu_lock) !== event.thread)
      return violationOfRule(D2_MMU, `${name} re-arms ${event.place.name} without it`);
    const at = due.indexOf(formatCall(page));
    if (at < 0) return violationOfRule(manual ? D6_ARMED : D2_ORDER, `${name} re-arms ${event.place.name}`);
    // A translation that is cached from now on is that of a page which was recorded anew.
    const isCached = look.read(page.translations) !== 0;
    return update(state, event.thread, {
      due: due.toSpliced(at, 1),
      ...(isCached && { unflushed: [...unflushed, formatCall(page)] }),
    });
  }

  function leavesSlotsLock(state: State, event: StepEvent): State | Violation {
    const { before, touched, looked, clears, due, unflushed } = state.threads[event.thread];
    if (!touched) return state;
    if (due.length > 0) return violationOfRule(clears ? D6_ARMED : D3, `not write-protected: ${due.join(', ')}`);
    if (unflushed.length > 0)
      return violationOfRule(D12, `given back before the translations of ${unflushed.join(', ')} were flushed`);
    for (const [b, words] of wordsOf.entries()) {
      if (clears || !words.some(({ id }) => looked.includes(id))) continue;
      const missed = before[b].dirty.filter((page) => !looked.includes(words[Math.floor(page / WORD)].id));
      if (missed.length > 0) return violationOfRule(D1_ALL, `it missed ${named(b, missed).join(', ')}`);
    }
    return update(state, event.thread, SECTION);
  }

  function returned(state: State, thread: number, operation: number, result: unknown): State | Violation {
    const { do: does } = spec.actors[thread].operations[operation];
    const { told, owed } = state.threads[thread];
    if (armsAlone && (does === 'collect' || does === 'copy-first')) {
      const wrong = differing(result as readonly Gfn[], told);
      if (wrong !== undefined) return violationOfRule(D1_TOLD, wrong);
      if (owed.length > 0) return violationOfRule(D6_ALL, `not cleared: ${owed.join(', ')}`);
    }
    return state.threads[thread] === IDLE ? state : { ...state, threads: withElement(state.threads, thread, IDLE) };
  }

  const initially = spec.manualProtect === 'initially set' ? fullBitmap : emptyBitmap;
  return {
    name: 'bitmap rules',
    sees: (place) => roles[place.id] !== undefined,
    init: () => ({
      bitmaps: bitmaps.map(({ slot }) => initially(slot.npages)),
      threads: spec.actors.map(() => IDLE),
    }),
    step,
    returned,
    key: (state) =>
      `${keyOfBitmaps(state.bitmaps)}${state.threads.map((doing) => memoizedBy(doing, keyOfDoing)).join('')}`,
  };
}

const isProducer = (spec: VmSpec, thread: number): boolean => ['vcpu', 'host'].includes(spec.actors[thread].role);

/** The pages that the bits of `mask` stand for, in word `word`. */
function pagesOf(mask: number, word: number): number[] {
  const pages: number[] = [];
  for (let bit = 0, rest = mask >>> 0; rest !== 0; bit++, rest >>>= 1)
    if ((rest & 1) !== 0) pages.push(word * WORD + bit);
  return pages;
}

function update(state: State, thread: number, change: Partial<Doing>): State {
  return { ...state, threads: withElement(state.threads, thread, { ...state.threads[thread], ...change }) };
}

const withBitmap = (state: State, b: number, bitmap: BitmapState): State => ({
  ...state,
  bitmaps: withElement(state.bitmaps, b, bitmap),
});

const keyOfBitmaps = (bitmaps: readonly BitmapState[]): string =>
  memoizedBy(bitmaps, () => bitmaps.map(({ dirty }) => `${dirty};`).join(''));
const keyOfDoing = ({ told, seen, owed, before, touched, looked, clears, due, unflushed }: Doing): string =>
  `${told.map(text)}|${seen}|${owed}|${keyOfBitmaps(before)}|${touched}|${looked}|${clears}|${due}|${unflushed}/`;
