import { defineOperation, NO_EFFECTS } from '../operation.ts';
import { slotNumber } from './values.ts';

/** Around the mask of a reset, which is 64 pages long, and the largest. */
const OFFSETS = [0, 1, 2, 63, 64, 65, 128, '18446744073709551615'];
/** Slots that there are, and two that there may not be. */
const SLOTS = [0, 0, 65536, 7];

export const pushOperation = defineOperation({
  name: 'push',
  about: 'of `gfn-ring`: pushes one entry onto the ring of the vCPU, though no guest writes',
  roles: ['vcpu'],
  needsSupport: true,
  fields: (t) => ({
    slot: slotNumber(t).describe('the slot that the entry names; there need not be one'),
    offset: t.unsigned(64).describe('the offset that the entry names'),
  }),
  label: ({ slot, offset }) => `push(${slot}, ${offset})`,
  effects: { ...NO_EFFECTS, records: 'entries' },
  build({ slot, offset }, { vm, vcpu }) {
    const gfn = { slot, offset: BigInt(offset) };
    return (mem) => vm.tracker.pushEntry!(mem, vcpu, gfn);
  },
  pages: ({ slot, offset }) => [[slot, Number(offset)]],
  *shrink(op) {
    if (BigInt(op.offset) > 0n) yield { ...op, offset: 0 };
  },
  mutate: (op, draw) => ({ ...op, offset: draw.one(OFFSETS) }),
  draw: (draw) => ({ do: 'push', slot: draw.one(SLOTS), offset: draw.upTo(3) }),
});
