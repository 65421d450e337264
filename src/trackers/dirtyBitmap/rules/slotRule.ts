import type { Vm } from '../../../actors/vm.ts';
import { isViolation, type Monitor, type ThreadMonitor } from '../../../check/property.ts';
import { viewOfOwnLocks } from '../../../check/threadMonitor.ts';
import { isWrite, Kind } from '../../../memory/kinds.ts';
import { violationOfRule, withElement } from '../../../vm/properties/monitorHelpers.ts';
import type { VmSpec } from '../../../vm/spec.ts';
import type { Bitmap } from '../bitmap.ts';
import { DIRTY_BITMAP_RULE } from './dirtyBitmapState.ts';

/**
 * By thread, since it took slots_lock: the slots that it deleted, and the place ids of the bitmap
 * words that it cleared.
 */
interface Emptied {
  readonly deleted: readonly number[];
  readonly emptied: readonly number[];
}
type State = readonly Emptied[];

const NOTHING: Emptied = { deleted: [], emptied: [] };

/**
 * D13: when a slot is deleted, what was recorded in it is dropped. Otherwise its pages would be
 * reported for the slot that takes its place. No other property shows that: a page too many loses
 * nothing.
 */
export function slotRule(spec: VmSpec, vm: Vm, bitmaps: readonly Bitmap[]): Monitor<State> {
  const { slots_lock } = vm.kvm;
  const slotOfSize = new Map(
    vm.kvm.memslots.flatMap(({ slot, size }) => (size === undefined ? [] : [[size.id, slot] as const])),
  );
  const wordsOf = (slot: number) =>
    bitmaps
      .filter((bitmap) => bitmap.slot.slot === slot)
      .flatMap(({ words, word }) => Array.from({ length: words }, (_, i) => word(i)));
  const words = new Set(bitmaps.flatMap(({ slot }) => wordsOf(slot.slot)).map(({ id }) => id));
  return {
    name: 'slot rule',
    sees: ({ id }) => id === slots_lock.id || slotOfSize.has(id) || words.has(id),
    init: () => spec.actors.map(() => NOTHING),
    step(state, { thread, kind, place, value }, view) {
      const { deleted, emptied } = state[thread];
      if (place.id === slots_lock.id) {
        if (kind !== Kind.unlock || deleted.length === 0) return withElement(state, thread, NOTHING);
        const kept = deleted.flatMap(wordsOf).find((word) => !emptied.includes(word.id) && view.read(word) !== 0);
        if (kept === undefined) return withElement(state, thread, NOTHING);
        return violationOfRule(DIRTY_BITMAP_RULE.D13_SLOT, `${kept.name} is left`);
      }
      if (!isWrite(kind) || value !== 0 || view.holder(slots_lock) !== thread) return state;
      const slot = slotOfSize.get(place.id);
      if (slot !== undefined) return withElement(state, thread, { deleted: [...deleted, slot], emptied });
      return emptied.includes(place.id)
        ? state
        : withElement(state, thread, { deleted, emptied: [...emptied, place.id] });
    },
    returned: (state, thread) => (state[thread] === NOTHING ? state : withElement(state, thread, NOTHING)),
    key: (state) => state.map(({ deleted, emptied }) => `${deleted}|${emptied};`).join(''),
  };
}

/** The same by the steps of each thread alone: it clears each word of the slot itself. */
export function slotThreadRule(spec: VmSpec, vm: Vm, bitmaps: readonly Bitmap[]): ThreadMonitor<Emptied> {
  const { name, init, step, key } = slotRule(spec, vm, bitmaps);
  const start = init();
  return {
    name,
    init: () => NOTHING,
    step(own, event, holds) {
      const { thread } = event;
      const next = step(start.with(thread, own), event, viewOfOwnLocks(thread, holds));
      return isViolation(next) ? next : next[thread];
    },
    returned: () => NOTHING,
    key: (own) => key([own]),
  };
}
