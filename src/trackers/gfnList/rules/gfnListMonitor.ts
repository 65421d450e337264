import type { Monitor, Properties, StateView } from '../../../check/property.ts';
import { ARMED } from '../../../guest/guest.ts';
import { EINVAL } from '../../../kvm/errors.ts';
import { isWrite, Kind } from '../../../memory/kinds.ts';
import { emptyGfnList, type GfnListEntry, type GfnListState } from '../../../models/gfnList.ts';
import { createMonitor, forgetThread, type Reducers, updateThread } from '../../../vm/properties/monitor.ts';
import { describeDifference, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import type { VmSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { GfnLists } from '../gfnList.ts';
import { type GfnListRole, rolesOfList } from './gfnListPlaces.ts';
import {
  GFN_LIST_RULE,
  type GfnListContext,
  type GfnListMonitorState,
  type GfnListNext,
  type GfnListThread,
  gfnListKey,
  gfnListThreadKey,
  IDLE_LIST_THREAD,
  isHonest,
  NO_LIST_RESET,
  resetsList,
} from './gfnListState.ts';
import { announces, fetches, readsDirty } from './listHarvestRules.ts';
import { movesDirty, opensPage, writesListEntry } from './listPushRules.ts';
import { leavesListLock, readsFetch, readsListWord, rearmsListPage, zeroesIndex } from './listResetRules.ts';

/**
 * A1 to A6 of Cao's list. Each effect is compared with the sequential model (`models/gfnList.ts`)
 * at the step where it happens. Where userspace does not keep to the rules, the monitor requires
 * what the kernel must guarantee whatever it finds. That a reset drops what was not fetched shows
 * as lost pages.
 */
export function gfnListMonitor({ spec, vm, tracker, layout }: TrackedVm<GfnLists>): Monitor<GfnListMonitorState> {
  const { list } = tracker;
  const context: GfnListContext = { spec, vm, list, honest: isHonest(spec) };
  return createMonitor<GfnListState, GfnListThread, GfnListRole>({
    name: 'list rules',
    spec,
    roles: rolesOfList(layout, context),
    model: emptyGfnList(list.size),
    idle: IDLE_LIST_THREAD,
    reducers: reducersOf(context),
    returned: (state, thread, operation, result) => returns(context, state, thread, operation, result),
    modelKey: gfnListKey,
    threadKey: gfnListThreadKey,
  });
}

function reducersOf(context: GfnListContext): Reducers<GfnListMonitorState, GfnListRole> {
  return {
    dirty_index(state, event, view, { is }) {
      if (!isWrite(event.kind)) return readsDirty(context, state, event, view);
      return resetsList(context, event, view)
        ? zeroesIndex(context, state, event, view, is)
        : movesDirty(context, state, event, view);
    },
    avail_index(state, event, view, { is }) {
      if (!isWrite(event.kind)) return state;
      return resetsList(context, event, view)
        ? zeroesIndex(context, state, event, view, is)
        : announces(context, state, event, view);
    },
    fetch_index(state, event, view, { is }) {
      const resets = resetsList(context, event, view);
      if (!isWrite(event.kind)) return resets ? readsFetch(state, event) : state;
      return resets ? zeroesIndex(context, state, event, view, is) : fetches(context, state, event);
    },
    entry(state, event, view, { entry }) {
      if (isWrite(event.kind)) return writesListEntry(context, state, event, view, entry);
      return resetsList(context, event, view) ? readsListWord(state, event) : state;
    },
    armed(state, event, view, { page }) {
      if (!isWrite(event.kind)) return state;
      return event.value === ARMED
        ? rearmsListPage(context, state, event, view, page)
        : opensPage(context, state, event, page);
    },
    list_lock: (state, event, view) =>
      event.kind === Kind.unlock && resetsList(context, event, view)
        ? leavesListLock(context, state, event, view)
        : state,
    slots_lock: (state, event) => (event.kind === Kind.lock ? updateThread(state, event.thread, NO_LIST_RESET) : state),
  };
}

/** An operation has ended: its result must be that of the model. */
function returns(
  { spec, list, honest }: GfnListContext,
  state: GfnListMonitorState,
  thread: number,
  operation: number,
  result: unknown,
): GfnListNext {
  const { do: does } = spec.actors[thread].operations[operation];
  const { taken, fetchIndex } = state.threads[thread];
  if (does === 'reset' && fetchIndex !== undefined && result !== (fetchIndex > list.size ? -EINVAL : fetchIndex))
    return violationOfRule(GFN_LIST_RULE.A4_RESULT, `it returned ${result}, fetch_index was ${fetchIndex}`);
  if (honest && (does === 'collect' || does === 'copy-first')) {
    const wrong = describeDifference(result as readonly GfnListEntry[], taken);
    if (wrong !== undefined) return violationOfRule(GFN_LIST_RULE.A3_STABLE, wrong);
  }
  return forgetThread(state, thread, IDLE_LIST_THREAD);
}

/** A1 at the end of an execution, whatever the order of the steps was. */
export function gfnListFinalRules(spec: VmSpec, { list }: GfnLists): Properties['finally'] {
  if (!isHonest(spec)) return {};
  return {
    [GFN_LIST_RULE.A1_ORDER]: ({ read }: StateView) => {
      const [fetch, avail, dirty] = [list.fetch_index, list.avail_index, list.dirty_index].map(read);
      return (fetch <= avail && avail <= dirty && dirty <= list.size) || `they are ${fetch}, ${avail} and ${dirty}`;
    },
  };
}
