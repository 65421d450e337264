import type { StateView, StepEvent } from '../../../check/property.ts';
import type { Page } from '../../../guest/guest.ts';
import { gfnListPush, isGfnListFull } from '../../../models/gfnList.ts';
import {
  formatGfn,
  formatPage,
  gfnsRecordedBy,
  isSameGfn,
  violationOfRule,
} from '../../../vm/properties/monitorHelpers.ts';
import {
  GFN_LIST_RULE,
  type GfnListContext,
  type GfnListMonitorState,
  type GfnListNext,
  holdsListLock,
} from './gfnListState.ts';

/** A push stores dirty_index: from here on, the model has the entry. */
export function movesDirty(
  context: GfnListContext,
  state: GfnListMonitorState,
  event: StepEvent,
  view: StateView,
): GfnListNext {
  const { spec, list, honest } = context;
  const { model, threads } = state;
  const actor = spec.actors[event.thread];
  if (!holdsListLock(context, event, view))
    return violationOfRule(GFN_LIST_RULE.A5_LOCK, `${event.place.name} is written without it`);
  const count = model.entries.length;
  if (isGfnListFull(model))
    return violationOfRule(GFN_LIST_RULE.A5_FULL, `${actor.name} adds an entry, ${count} are there`);
  if (event.value !== count + 1)
    return violationOfRule(GFN_LIST_RULE.A1_ORDER, `dirty_index became ${event.value} after ${count} pushes`);
  const entry = { slot: view.read(list.entries[count].slot), offset: view.read64(list.entries[count].offset) };
  const pushes = gfnsRecordedBy(actor.operations[event.operation]);
  if (honest && !pushes.some((other) => isSameGfn(other, entry))) {
    const pushed = `${actor.name} pushes ${pushes.map(formatGfn).join(' or ') || 'nothing'}`;
    return violationOfRule(GFN_LIST_RULE.A3_STABLE, `the entry is ${formatGfn(entry)}, ${pushed}`);
  }
  return { model: gfnListPush(model, entry), threads };
}

/** An entry is written: it must be the next, and not in use. */
export function writesListEntry(
  context: GfnListContext,
  state: GfnListMonitorState,
  event: StepEvent,
  view: StateView,
  entry: number,
): GfnListNext {
  if (!holdsListLock(context, event, view))
    return violationOfRule(GFN_LIST_RULE.A5_LOCK, `${event.place.name} is written without it`);
  const index = state.model.entries.length;
  if (entry === index) return state;
  const message = `${context.spec.actors[event.thread].name} writes ${event.place.name}, ${index} entries are there`;
  return violationOfRule(context.honest && entry < index ? GFN_LIST_RULE.A3_STABLE : GFN_LIST_RULE.A6_INDEX, message);
}

/**
 * A vCPU makes a page writable. With a hardware log, pages are writable before they are recorded.
 */
export function opensPage(
  { spec, honest }: GfnListContext,
  state: GfnListMonitorState,
  event: StepEvent,
  page: Page,
): GfnListNext {
  const { name, role } = spec.actors[event.thread];
  if (!honest || spec.pml !== undefined || role !== 'vcpu') return state;
  const isRecorded = state.model.entries.some((entry) => formatGfn(entry) === formatPage(page));
  return isRecorded ? state : violationOfRule(GFN_LIST_RULE.A5_RECORDED, `${name} opens ${event.place.name}`);
}
