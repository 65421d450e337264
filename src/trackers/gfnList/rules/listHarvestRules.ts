import type { StateView, StepEvent } from '../../../check/property.ts';
import { gfnListAnnounce, gfnListFetch, gfnListFetchable } from '../../../models/gfnList.ts';
import { updateThread } from '../../../vm/properties/monitor.ts';
import { violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import {
  GFN_LIST_RULE,
  type GfnListContext,
  type GfnListMonitorState,
  type GfnListNext,
  holdsListLock,
  mayPush,
} from './gfnListState.ts';

/**
 * dirty_index is read. A vCPU reads it before it enters the guest, where an old value is good
 * enough.
 */
export function readsDirty(
  context: GfnListContext,
  state: GfnListMonitorState,
  event: StepEvent,
  view: StateView,
): GfnListNext {
  const { name, role } = context.spec.actors[event.thread];
  return mayPush(role) || holdsListLock(context, event, view)
    ? state
    : violationOfRule(GFN_LIST_RULE.A2_LOCK, `${name} reads ${event.place.name} without it`);
}

/** avail_index is stored: the model announces its entries. */
export function announces(
  context: GfnListContext,
  state: GfnListMonitorState,
  event: StepEvent,
  view: StateView,
): GfnListNext {
  const { name, role } = context.spec.actors[event.thread];
  const { model, threads } = state;
  if (!holdsListLock(context, event, view))
    return violationOfRule(GFN_LIST_RULE.A2_LOCK, `${name} moves ${event.place.name} without it`);
  if (!context.honest) return state;
  const count = model.entries.length;
  if (mayPush(role) || event.value !== count)
    return violationOfRule(GFN_LIST_RULE.A2_COUNT, `${name} makes it ${event.value}, ${count} entries are there`);
  return { model: gfnListAnnounce(model), threads };
}

/** Userspace stores fetch_index: the model has fetched. */
export function fetches({ spec, honest }: GfnListContext, state: GfnListMonitorState, event: StepEvent): GfnListNext {
  if (!honest) return state;
  const { model, threads } = state;
  const entries = gfnListFetchable(model);
  const count = event.value - model.fetched;
  if (count < 0 || count > entries.length) {
    const moved = `fetch_index went from ${model.fetched} to ${event.value}, avail_index is ${model.available}`;
    return violationOfRule(GFN_LIST_RULE.A1_ORDER, moved);
  }
  const does = spec.actors[event.thread].operations[event.operation].do;
  const taken = does === 'serve' ? [] : [...threads[event.thread].taken, ...entries.slice(0, count)];
  return updateThread({ model: gfnListFetch(model, count), threads }, event.thread, { taken });
}
