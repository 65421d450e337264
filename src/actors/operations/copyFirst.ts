import { cannotMutate, cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import { copyBeforeRearming } from '../userspace.ts';

export const copyFirstOperation = defineOperation({
  name: 'copy-first',
  about: 'harvests and copies, and resets last: the wrong order, which loses pages',
  roles: ['userspace'],
  fields: () => ({}),
  label: () => 'copy-first',
  effects: { ...NO_EFFECTS, harvests: 'returns pages', copies: 'running', drains: 'running' },
  build:
    (_, { vm }) =>
    (mem) =>
      copyBeforeRearming(mem, vm),
  assumes: () => false,
  shrink: cannotShrink,
  mutate: cannotMutate,
});
