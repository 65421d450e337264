import type { StateView, StepEvent } from '../../../check/property.ts';
import { Kind } from '../../../memory/kinds.ts';
import { dirtyBitmapClear, dirtyBitmapMark } from '../../../models/dirtyBitmap.ts';
import { updateModel, updateThread } from '../../../vm/properties/monitor.ts';
import { formatGfn, gfnsRecordedBy, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import {
  type BitmapContext,
  type BitmapMonitorState,
  type BitmapNext,
  DIRTY_BITMAP_RULE,
  gfnsOfPages,
  holdsSlotsLock,
  pageNames,
  pagesOfMask,
  type WordRole,
} from './dirtyBitmapState.ts';

/** A vCPU or the host sets bits: only those of the pages that it writes. */
export function marks(context: BitmapContext, state: BitmapMonitorState, event: StepEvent, role: WordRole): BitmapNext {
  const { name, operations } = context.spec.actors[event.thread];
  const may = gfnsRecordedBy(operations[event.operation]).map(formatGfn);
  const set = pagesOfMask(event.value & ~event.old, role.word);
  const other = [
    ...pageNames(context, role.bitmap, set).filter((page) => !may.includes(page)),
    ...pageNames(context, role.bitmap, pagesOfMask(event.old & ~event.value, role.word)),
  ];
  if (other.length > 0)
    return violationOfRule(DIRTY_BITMAP_RULE.D1_MARK, `${name} changes that of ${other.join(', ')}`);
  if (set.length === 0) return state;
  return updateModel(state, role.bitmap, set.reduce(dirtyBitmapMark, state.model[role.bitmap]));
}

/**
 * GET or CLEAR reads a word. Without manual protection, GET needs no more of a word that is empty.
 */
export function readsWord(
  context: BitmapContext,
  state: BitmapMonitorState,
  event: StepEvent,
  role: WordRole,
): BitmapMonitorState {
  const { manual } = context;
  const thread = state.threads[event.thread];
  const isDone = manual || event.value === 0;
  const looked = isDone ? [...thread.looked, event.place.id] : thread.looked;
  if (!manual) return updateThread(state, event.thread, { touched: true, looked });
  const pages = pagesOfMask(event.value, role.word);
  const names = pageNames(context, role.bitmap, pages);
  return updateThread(state, event.thread, {
    touched: true,
    looked,
    told: [...thread.told, ...gfnsOfPages(context, role.bitmap, pages)],
    seen: [...new Set([...thread.seen, ...names])],
    owed: [...new Set([...thread.owed, ...names])],
  });
}

/** GET, or CLEAR with manual protection, clears bits. */
export function clearsBits(
  context: BitmapContext,
  state: BitmapMonitorState,
  event: StepEvent,
  view: StateView,
  role: WordRole,
): BitmapNext {
  const { spec, vm, manual } = context;
  const { name } = spec.actors[event.thread];
  const thread = state.threads[event.thread];
  if (manual && event.kind !== Kind.fetchAnd)
    return violationOfRule(DIRTY_BITMAP_RULE.D5_ONLY_READS, `${name} clears ${event.place.name}`);
  if (!holdsSlotsLock(context, event, view))
    return violationOfRule(DIRTY_BITMAP_RULE.D12_SLOTS_LOCK, `${name} clears ${event.place.name} without it`);
  if (view.holder(vm.kvm.mmu_lock) !== event.thread)
    return violationOfRule(DIRTY_BITMAP_RULE.D2_MMU_LOCK, `${name} clears ${event.place.name} without it`);
  const pages = pagesOfMask(event.old & ~event.value, role.word);
  const names = pageNames(context, role.bitmap, pages);
  const unread = manual ? names.filter((page) => !thread.seen.includes(page)) : [];
  if (unread.length > 0)
    return violationOfRule(DIRTY_BITMAP_RULE.D9_READ, `${name} clears that of ${unread.join(', ')}`);
  const without = (list: readonly string[]) =>
    list.length === 0 ? list : list.filter((page) => !names.includes(page));
  const { model } = updateModel(state, role.bitmap, dirtyBitmapClear(state.model[role.bitmap], pages));
  const threads = state.threads.map((of) => (of.owed.length === 0 ? of : { ...of, owed: without(of.owed) }));
  return updateThread({ model, threads }, event.thread, {
    touched: true,
    looked: [...thread.looked, event.place.id],
    clears: manual,
    due: [...thread.due, ...names],
    ...(manual
      ? { seen: without(thread.seen) }
      : { told: [...thread.told, ...gfnsOfPages(context, role.bitmap, pages)] }),
  });
}
