import { cannotMutate, cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import { checkRing, ringField } from './values.ts';

export const countOperation = defineOperation({
  name: 'count',
  about: 'of `gfn-ring`: counts the entries of a ring that can be harvested',
  roles: ['userspace'],
  needsSupport: true,
  fields: ringField,
  label: ({ ring }) => `count ring${ring}`,
  effects: NO_EFFECTS,
  build:
    ({ ring }, { vm: { tracker } }) =>
    (mem) =>
      tracker.countRing!(mem, ring),
  check: checkRing,
  shrink: cannotShrink,
  mutate: cannotMutate,
});
