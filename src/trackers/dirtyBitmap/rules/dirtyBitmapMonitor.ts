import type { Monitor } from '../../../check/property.ts';
import { ARMED, type Page } from '../../../guest/guest.ts';
import type { Gfn } from '../../../kvm/kvm.ts';
import type { Place } from '../../../memory/cell.ts';
import { isCmpxchg, isRmw, isWrite, Kind } from '../../../memory/kinds.ts';
import { type DirtyBitmapState, emptyDirtyBitmap, fullDirtyBitmap } from '../../../models/dirtyBitmap.ts';
import {
  createMonitor,
  forgetThread,
  type Reducers,
  rolesByPlace,
  updateThread,
} from '../../../vm/properties/monitor.ts';
import { describeDifference, formatPage, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { performs } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { DirtyTracker } from '../../interface/tracker.ts';
import type { Bitmap } from '../bitmap.ts';
import { clearsBits, marks, readsWord } from './bitRules.ts';
import {
  type BitmapContext,
  type BitmapMonitorState,
  type BitmapNext,
  type BitmapThread,
  bitmapsKey,
  bitmapThreadKey,
  DIRTY_BITMAP_RULE,
  holdsSlotsLock,
  IDLE_BITMAP_THREAD,
  NO_BITMAP_SECTION,
  type WordRole,
} from './dirtyBitmapState.ts';
import { dropsTranslations, endsBitmapSection, leavesMmuLock, protects } from './protectRules.ts';

type Role =
  | WordRole
  | { readonly is: 'armed' | 'translations' | 'version'; readonly page: Page }
  | { readonly is: 'slots_lock' | 'mmu_lock' };

/**
 * D1 to D3, D5, D6, D8, D9, D11 and D12 of the bitmap. Each effect is compared with the sequential
 * model (`models/dirtyBitmap.ts`) at the step where it happens. Where userspace copies before it
 * clears on purpose, only the lost pages show that.
 *
 * @param bitmaps those of a dirty-bitmap, or the backup bitmaps of a ring
 * @param manual whether GET only reads, and CLEAR clears
 * @param armsAlone whether its calls alone write-protect pages; false: a ring does so, too
 */
export function dirtyBitmapMonitor(
  { spec, vm, layout }: TrackedVm<DirtyTracker>,
  bitmaps: readonly Bitmap[],
  { manual, armsAlone }: { readonly manual: boolean; readonly armsAlone: boolean },
): Monitor<BitmapMonitorState> {
  const words = bitmaps.map(({ words, word }) => Array.from({ length: words }, (_, i) => word(i)));
  const context: BitmapContext = { spec, vm, bitmaps, words, manual, armsAlone };
  const initially = spec.manualProtect === 'initially set' ? fullDirtyBitmap : emptyDirtyBitmap;
  return createMonitor<readonly DirtyBitmapState[], BitmapThread, Role>({
    name: 'bitmap rules',
    spec,
    roles: rolesByPlace<Role>(layout, rolesOf(context)),
    model: bitmaps.map(({ slot }) => initially(slot.npages)),
    idle: IDLE_BITMAP_THREAD,
    reducers: { ...bitReducers(context), ...protectReducers(context) },
    returned: (state, thread, operation, result) => returns(context, state, thread, operation, result),
    modelKey: bitmapsKey,
    threadKey: bitmapThreadKey,
  });
}

/**
 * What matters of a page. Its version matters with manual protection alone: there, it may be copied
 * too early.
 */
const PAGE_CELLS = ['armed', 'translations', 'version'] as const;

const rolesOf = ({ vm, words, manual }: BitmapContext): (readonly [Place, Role])[] => [
  ...words.flatMap((cells, bitmap) => cells.map((cell, word) => [cell, { is: 'word', bitmap, word }] as const)),
  ...vm.guest.pages.flatMap((page) =>
    (manual ? PAGE_CELLS : PAGE_CELLS.slice(0, 2)).map((is) => [page[is], { is, page }] as const),
  ),
  [vm.kvm.slots_lock, { is: 'slots_lock' }],
  [vm.kvm.mmu_lock, { is: 'mmu_lock' }],
];

type BitmapReducers = Reducers<BitmapMonitorState, Role>;

function bitReducers(context: BitmapContext): Pick<BitmapReducers, 'word' | 'version'> {
  const { spec } = context;
  const isProducer = spec.actors.map(({ role }) => role === 'vcpu' || role === 'host');
  const copiesFirst = performs(spec, 'copy-first');
  return {
    word(state, event, view, role) {
      if (!isWrite(event.kind))
        return holdsSlotsLock(context, event, view) ? readsWord(context, state, event, role) : state;
      if (!isRmw(event.kind)) {
        const { name } = spec.actors[event.thread];
        return violationOfRule(DIRTY_BITMAP_RULE.D11_ATOMIC, `${name} stores to ${event.place.name}`);
      }
      return isProducer[event.thread]
        ? marks(context, state, event, role)
        : clearsBits(context, state, event, view, role);
    },
    version: (state, event, _, { page }) =>
      !isWrite(event.kind) && !copiesFirst && state.threads[event.thread].owed.includes(formatPage(page))
        ? violationOfRule(DIRTY_BITMAP_RULE.D8_COPY, `${event.place.name} is read before`)
        : state,
  };
}

function protectReducers(context: BitmapContext): Omit<BitmapReducers, 'word' | 'version'> {
  return {
    armed(state, event, view, { page }) {
      // A cmpxchg that finds the page armed writes nothing.
      const arms = isWrite(event.kind) && event.value === ARMED && (!isCmpxchg(event.kind) || event.old !== ARMED);
      const isOurs = context.armsAlone || state.threads[event.thread].touched;
      return arms && isOurs ? protects(context, state, event, view, page) : state;
    },
    translations: (state, event, _, { page }) =>
      state.threads[event.thread].unflushed.length > 0 && isWrite(event.kind) && event.value === 0
        ? dropsTranslations(state, event.thread, page)
        : state,
    mmu_lock: (state, event) => (event.kind === Kind.unlock ? leavesMmuLock(state, event) : state),
    slots_lock: (state, event) =>
      event.kind === Kind.lock
        ? updateThread(state, event.thread, { ...NO_BITMAP_SECTION, before: state.model })
        : endsBitmapSection(context, state, event),
  };
}

/**
 * An operation has ended: GET must have told all that it found, and CLEAR have cleared all that it
 * was asked to.
 */
function returns(
  { spec, armsAlone }: BitmapContext,
  state: BitmapMonitorState,
  thread: number,
  operation: number,
  result: unknown,
): BitmapNext {
  const { do: does } = spec.actors[thread].operations[operation];
  const { told, owed } = state.threads[thread];
  if (armsAlone && (does === 'collect' || does === 'copy-first')) {
    const wrong = describeDifference(result as readonly Gfn[], told);
    if (wrong !== undefined) return violationOfRule(DIRTY_BITMAP_RULE.D1_TOLD, wrong);
    if (owed.length > 0) return violationOfRule(DIRTY_BITMAP_RULE.D6_ALL, `not cleared: ${owed.join(', ')}`);
  }
  return forgetThread(state, thread, IDLE_BITMAP_THREAD);
}
