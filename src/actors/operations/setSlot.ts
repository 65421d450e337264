import { BadInput } from '../../input/badInput.ts';
import { show } from '../../input/show.ts';
import type { Draw } from '../draw.ts';
import { cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import { changeSlot } from '../slots.ts';
import { operationsOf, performsAny, type VmView } from '../vmView.ts';
import { NPAGES_MAX, slotNumber } from './values.ts';

function drawSetSlot(draw: Draw) {
  const { slots } = draw.vm;
  if (slots.length === 0) return undefined;
  const { slot, npages } = draw.one(slots);
  return { do: 'set-slot', slot, npages: draw.one([0, 1, npages, npages + 1]) };
}

export const setSlotOperation = defineOperation({
  name: 'set-slot',
  about: 'gives a slot another number of pages',
  roles: ['userspace'],
  fields: (t) => ({
    slot: slotNumber(t).describe('one of `slots`'),
    npages: t.wholeNumber(0, NPAGES_MAX).describe('how many pages the slot has from now on; 0 deletes it'),
  }),
  label: ({ slot, npages }) => `slot ${slot} gets ${npages} pages`,
  effects: { ...NO_EFFECTS, harvests: 'keeps pages', copies: 'running', drains: 'running' },
  build:
    ({ slot, npages }, { vm }) =>
    (mem) =>
      changeSlot(mem, vm, slot, npages),
  check({ slot }, { where, vm }) {
    if (!vm.slots.some((other) => other.slot === slot))
      throw new BadInput(`${where}.slot: there is no slot ${show(slot)}`);
  },
  // Entries may name pages that the slot no longer has. What follows from that is no defect.
  assumes: (vm) => !performsAny(vm, 'push', 'poke', 'harvest'),
  shrink: cannotShrink,
  mutate: (_, draw) => drawSetSlot(draw),
  draw: drawSetSlot,
});

/** The sizes that operations give to slots. */
export const slotSizeChanges = (vm: VmView): { readonly slot: number; readonly npages: number }[] =>
  operationsOf(vm).filter((op): op is typeof op & { slot: number; npages: number } => op.do === 'set-slot');

/** The most pages that a slot ever has; 0 where there is none. */
export const pagesMax = (vm: VmView, slot: number): number =>
  [...vm.slots, ...slotSizeChanges(vm)].reduce(
    (most, other) => (other.slot === slot ? Math.max(most, other.npages) : most),
    0,
  );
