import type { StateView, StepEvent } from '../../../check/property.ts';
import type { Page } from '../../../guest/guest.ts';
import { updateThread } from '../../../vm/properties/monitor.ts';
import { formatPage, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { WORD } from '../bitmap.ts';
import {
  type BitmapContext,
  type BitmapMonitorState,
  type BitmapNext,
  DIRTY_BITMAP_RULE,
  holdsSlotsLock,
  NO_BITMAP_SECTION,
  pageNames,
} from './dirtyBitmapState.ts';

/** A page is write-protected: its bit must have been cleared before. */
export function protects(
  context: BitmapContext,
  state: BitmapMonitorState,
  event: StepEvent,
  view: StateView,
  page: Page,
): BitmapNext {
  const { spec, vm, manual } = context;
  const { name } = spec.actors[event.thread];
  const { due, unflushed, touched, clears } = state.threads[event.thread];
  if (manual && touched && !clears)
    return violationOfRule(DIRTY_BITMAP_RULE.D5_ONLY_READS, `${name} re-arms ${event.place.name}`);
  if (!holdsSlotsLock(context, event, view))
    return violationOfRule(DIRTY_BITMAP_RULE.D12_SLOTS_LOCK, `${name} re-arms ${event.place.name} without it`);
  if (view.holder(vm.kvm.mmu_lock) !== event.thread)
    return violationOfRule(DIRTY_BITMAP_RULE.D2_MMU_LOCK, `${name} re-arms ${event.place.name} without it`);
  const at = due.indexOf(formatPage(page));
  if (at < 0) {
    const rule = manual ? DIRTY_BITMAP_RULE.D6_PROTECTED : DIRTY_BITMAP_RULE.D2_ORDER;
    return violationOfRule(rule, `${name} re-arms ${event.place.name}`);
  }
  // A translation that is cached from now on belongs to a page that was recorded again.
  const isCached = view.read(page.translations) !== 0;
  return updateThread(state, event.thread, {
    due: due.toSpliced(at, 1),
    ...(isCached && { unflushed: [...unflushed, formatPage(page)] }),
  });
}

/** The cached translations of a page are dropped. */
export function dropsTranslations(state: BitmapMonitorState, thread: number, page: Page): BitmapMonitorState {
  const { unflushed } = state.threads[thread];
  return updateThread(state, thread, { unflushed: unflushed.filter((other) => other !== formatPage(page)) });
}

/** mmu_lock is given back: what was cleared must be write-protected. */
export function leavesMmuLock(state: BitmapMonitorState, { thread }: StepEvent): BitmapNext {
  const { due, clears } = state.threads[thread];
  return due.length === 0 ? state : notProtected(due, clears);
}

const notProtected = (due: readonly string[], clears: boolean) =>
  violationOfRule(
    clears ? DIRTY_BITMAP_RULE.D6_PROTECTED : DIRTY_BITMAP_RULE.D3_PROTECTED,
    `not write-protected: ${due.join(', ')}`,
  );

/** slots_lock is given back: GET or CLEAR must be complete. */
export function endsBitmapSection(
  context: BitmapContext,
  state: BitmapMonitorState,
  { thread }: StepEvent,
): BitmapNext {
  const { before, touched, looked, clears, due, unflushed } = state.threads[thread];
  if (!touched) return state;
  if (due.length > 0) return notProtected(due, clears);
  if (unflushed.length > 0) {
    const pages = unflushed.join(', ');
    const message = `given back before the translations of ${pages} were flushed`;
    return violationOfRule(DIRTY_BITMAP_RULE.D12_SLOTS_LOCK, message);
  }
  for (const [b, words] of context.words.entries()) {
    if (clears || !words.some(({ id }) => looked.includes(id))) continue;
    const missed = before[b].dirty.filter((page) => !looked.includes(words[Math.floor(page / WORD)].id));
    if (missed.length === 0) continue;
    return violationOfRule(DIRTY_BITMAP_RULE.D1_ALL, `it missed ${pageNames(context, b, missed).join(', ')}`);
  }
  return updateThread(state, thread, NO_BITMAP_SECTION);
}
