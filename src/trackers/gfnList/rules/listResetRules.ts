import type { StateView, StepEvent } from '../../../check/property.ts';
import type { Page } from '../../../guest/guest.ts';
import { type GfnListEntry, gfnListReset, gfnListResettable } from '../../../models/gfnList.ts';
import { updateThread } from '../../../vm/properties/monitor.ts';
import { formatGfn, formatPage, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { isInSlot } from '../../../vm/properties/unrecordedPages.ts';
import {
  GFN_LIST_RULE,
  type GfnListContext,
  type GfnListMonitorState,
  type GfnListNext,
  holdsListLock,
  type ListIndex,
  resetsList,
} from './gfnListState.ts';

/** A reset reads fetch_index. */
export const readsFetch = (state: GfnListMonitorState, event: StepEvent): GfnListNext =>
  state.threads[event.thread].fetchIndex === undefined
    ? updateThread(state, event.thread, { fetchIndex: event.value })
    : violationOfRule(GFN_LIST_RULE.A4_ONCE, `${event.place.name} is read twice`);

/** A reset reads a word of an entry. */
export function readsListWord(state: GfnListMonitorState, { thread, place }: StepEvent): GfnListNext {
  const { words } = state.threads[thread];
  return words.includes(place.name)
    ? violationOfRule(GFN_LIST_RULE.A4_ONCE, `${place.name} is read twice`)
    : updateThread(state, thread, { words: [...words, place.name] });
}

/** A reset stores an index. With dirty_index, the model is reset. */
export function zeroesIndex(
  context: GfnListContext,
  state: GfnListMonitorState,
  event: StepEvent,
  view: StateView,
  index: ListIndex,
): GfnListNext {
  const { list, honest } = context;
  const { model, threads } = state;
  const { fetchIndex, armed } = threads[event.thread];
  if (fetchIndex !== undefined && fetchIndex > list.size)
    return violationOfRule(GFN_LIST_RULE.A4_RANGE, `it is ${fetchIndex}, and ${index} is written`);
  if (!holdsListLock(context, event, view))
    return violationOfRule(GFN_LIST_RULE.A4_LOCK, `${index} is written without it`);
  if (event.value !== 0) return violationOfRule(GFN_LIST_RULE.A4_ZERO, `${index} became ${event.value}`);
  if (index !== 'dirty_index') return updateThread(state, event.thread, { zeroed: true });
  const due = gfnListResettable(model).filter((entry) => isPage(context, entry, view));
  const forgotten = honest ? due.map(formatGfn).filter((page) => !armed.includes(page)) : [];
  if (forgotten.length > 0) return violationOfRule(GFN_LIST_RULE.A4_PAGES, `not re-armed: ${forgotten.join(', ')}`);
  return updateThread({ model: gfnListReset(model), threads }, event.thread, { zeroed: true });
}

function isPage({ vm }: GfnListContext, entry: GfnListEntry, view: StateView): boolean {
  const page = vm.guest.slots.get(entry.slot)?.[Number(entry.offset)];
  return page !== undefined && isInSlot(vm, page, view.read);
}

/** A page is re-armed: it must have been fetched. */
export function rearmsListPage(
  context: GfnListContext,
  state: GfnListMonitorState,
  event: StepEvent,
  view: StateView,
  page: Page,
): GfnListNext {
  const { spec, list, honest } = context;
  const { name } = spec.actors[event.thread];
  const { fetchIndex, armed } = state.threads[event.thread];
  if (!resetsList(context, event, view))
    return violationOfRule(GFN_LIST_RULE.A4_PAGES, `${name} re-arms ${event.place.name} without slots_lock`);
  if (fetchIndex !== undefined && fetchIndex > list.size)
    return violationOfRule(GFN_LIST_RULE.A4_RANGE, `it is ${fetchIndex}, and ${event.place.name} is re-armed`);
  if (honest && !gfnListResettable(state.model).some((entry) => formatGfn(entry) === formatPage(page)))
    return violationOfRule(GFN_LIST_RULE.A4_PAGES, `${name} re-arms ${event.place.name}, which was never fetched`);
  return updateThread(state, event.thread, { armed: [...armed, formatPage(page)] });
}

/** A reset gives list_lock back: all indices must be zero. */
export function leavesListLock(
  { list, honest }: GfnListContext,
  state: GfnListMonitorState,
  { thread }: StepEvent,
  view: StateView,
): GfnListNext {
  if (!honest || !state.threads[thread].zeroed) return state;
  const left = [list.dirty_index, list.avail_index, list.fetch_index].filter((index) => view.read(index) !== 0);
  return left.length === 0
    ? state
    : violationOfRule(GFN_LIST_RULE.A4_ZERO, `${left.map(({ name }) => name).join(', ')} is not`);
}
