import type { StateView, StepEvent } from '../../../check/property.ts';
import { GFN_RING_INVALID, type GfnEntry, gfnRingReset, gfnRingResettable } from '../../../models/ring.ts';
import { type RoleOf, updateModel, updateThread } from '../../../vm/properties/monitor.ts';
import { formatGfn, formatPage, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import type { GfnRingRole } from './gfnRingPlaces.ts';
import {
  distance,
  GFN_RING_RULE,
  type GfnRingContext,
  type GfnRingMonitorState,
  type GfnRingNext,
  MODULUS,
  NO_RESET,
} from './gfnRingState.ts';

/** A reset reads the shared cons: that decides how many entries it must process. */
export function readsCons(
  { spec }: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  r: number,
): GfnRingNext {
  const { cons, expected } = state.threads[event.thread];
  if (r in cons) return violationOfRule(GFN_RING_RULE.C4_CONS, `${event.place.name} is read twice in one reset`);
  return updateThread(state, event.thread, {
    cons: { ...cons, [r]: event.value },
    expected: { ...expected, [r]: gfnRingResettable(state.model[r], event.value, spec.index, MODULUS) },
  });
}

/**
 * A reset reads the private prod. A hostile cons may be out of range when it is read, and in range
 * when the private prod is read. The later moment counts.
 */
export function readsProd(
  { spec }: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  r: number,
): GfnRingMonitorState {
  const { cons, expected } = state.threads[event.thread];
  if (!(r in cons)) return state;
  const published = state.model[r].reset + distance(event.value, spec.index + state.model[r].reset);
  return updateThread(state, event.thread, {
    expected: { ...expected, [r]: gfnRingResettable({ ...state.model[r], published }, cons[r], spec.index, MODULUS) },
  });
}

/** A reset reads a word of an entry. */
export function readsEntry(
  { spec }: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  r: number,
): GfnRingNext {
  const { expected, words } = state.threads[event.thread];
  const { id, name } = event.place;
  if (expected[r] === GFN_RING_INVALID)
    return violationOfRule(GFN_RING_RULE.R9_UNCHANGED, `${spec.actors[event.thread].name} walks on to ${name}`);
  if (words.includes(id)) return violationOfRule(GFN_RING_RULE.C4_ENTRY, `${name} is read twice in one reset`);
  return updateThread(state, event.thread, { words: [...words, id] });
}

/** The private cons moves: from here on, the model has reset these entries. */
export function movesCons(
  context: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  r: number,
  resets: boolean,
): GfnRingNext {
  const { spec, hostile } = context;
  const { name } = spec.actors[event.thread];
  if (!resets) return violationOfRule(GFN_RING_RULE.R1_PRIVATE_CONS, `${name} writes ${event.place.name} without it`);
  const doing = state.threads[event.thread];
  const ring = state.model[r];
  const expected = doing.expected[r];
  if (expected === GFN_RING_INVALID)
    return violationOfRule(GFN_RING_RULE.R9_UNCHANGED, `${name} moves ${event.place.name} to ${event.value}`);
  const processed = doing.processed[r] ?? 0;
  const count = distance(event.value, spec.index + ring.reset);
  if (expected === undefined || count > expected - processed) {
    const became = `${event.place.name} became ${event.value}, at most ${expected ?? 0} entries were due`;
    return violationOfRule(GFN_RING_RULE.R7_EXACTLY, became);
  }
  const due = hostile.has(r) ? [] : ring.entries.slice(0, count).filter((entry) => isPage(context, entry));
  return updateThread(updateModel(state, r, gfnRingReset(ring, count)), event.thread, {
    due: [...doing.due, ...due.map(formatGfn)],
    processed: { ...doing.processed, [r]: processed + count },
  });
}

function isPage({ vm }: GfnRingContext, entry: GfnEntry): boolean {
  const pages = vm.guest.slots.get(entry.slot);
  return pages !== undefined && entry.offset < BigInt(pages.length);
}

/** A page is re-armed: it must be that of an entry that the reset may process. */
export function rearms(
  { spec, vm, hostile }: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  view: StateView,
  { page }: RoleOf<GfnRingRole, 'armed'>,
): GfnRingNext {
  const { name } = spec.actors[event.thread];
  if (view.holder(vm.kvm.slots_lock) !== event.thread)
    return violationOfRule(GFN_RING_RULE.R12_SLOTS_LOCK, `${name} re-arms ${event.place.name} without it`);
  if (view.holder(vm.kvm.mmu_lock) !== event.thread)
    return violationOfRule(GFN_RING_RULE.R12_MMU_LOCK, `${name} re-arms ${event.place.name} without it`);
  const doing = state.threads[event.thread];
  const gfn = formatPage(page);
  const isNamed = Object.entries(doing.expected).some(([r, count]) => {
    if (count <= 0) return false;
    const { entries } = state.model[Number(r)];
    return hostile.has(Number(r)) || entries.slice(0, count).some((entry) => formatGfn(entry) === gfn);
  });
  if (!isNamed && !doing.due.includes(gfn))
    return violationOfRule(GFN_RING_RULE.R7_EXACTLY, `${name} re-arms ${event.place.name}, which was never harvested`);
  return updateThread(state, event.thread, { armed: [...doing.armed, gfn], unflushed: [...doing.unflushed, gfn] });
}

/** The cached translations of a page are dropped. */
export function flushes(
  { spec }: GfnRingContext,
  state: GfnRingMonitorState,
  event: StepEvent,
  resets: boolean,
  { page }: RoleOf<GfnRingRole, 'translations'>,
): GfnRingNext {
  if (!resets) {
    const { name } = spec.actors[event.thread];
    return violationOfRule(GFN_RING_RULE.R12_FLUSH, `${name} flushes ${event.place.name} without it`);
  }
  const gfn = formatPage(page);
  const { unflushed } = state.threads[event.thread];
  return unflushed.includes(gfn)
    ? updateThread(state, event.thread, { unflushed: unflushed.filter((other) => other !== gfn) })
    : state;
}

export const startsRingReset = (state: GfnRingMonitorState, { thread }: StepEvent): GfnRingMonitorState =>
  updateThread(state, thread, NO_RESET);

/** slots_lock is given back: the reset must be complete. */
export function endsRingReset(
  { spec, hostile }: GfnRingContext,
  state: GfnRingMonitorState,
  { thread, operation }: StepEvent,
): GfnRingNext {
  const { cons, expected, processed, due, armed, unflushed } = state.threads[thread];
  const left = spec.rings.findIndex((_, r) => !(r in cons));
  if (left >= 0 && spec.actors[thread].operations[operation].do !== 'reset-ring')
    return violationOfRule(GFN_RING_RULE.R9_OTHERS_SERVED, `ring${left} was not looked at`);
  for (const [r, count] of Object.entries(expected)) {
    const done = processed[Number(r)];
    if (count > 0 && done !== count)
      return violationOfRule(GFN_RING_RULE.R7_EXACTLY, `ring${r}: ${done ?? 0} of ${count} entries were processed`);
    if (count === GFN_RING_INVALID && !hostile.has(Number(r)))
      return violationOfRule(GFN_RING_RULE.R7_EXACTLY, `ring${r}: an honest cons was out of range`);
  }
  const forgotten = due.filter((gfn) => !armed.includes(gfn));
  if (forgotten.length > 0) return violationOfRule(GFN_RING_RULE.R7_REARMED, `not re-armed: ${forgotten.join(', ')}`);
  if (unflushed.length > 0) {
    const pages = unflushed.join(', ');
    return violationOfRule(GFN_RING_RULE.R12_FLUSH, `given back before the translations of ${pages} were flushed`);
  }
  return due.length === 0 ? state : updateThread(state, thread, { due: [], armed: [] });
}
