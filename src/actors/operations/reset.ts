import { resetDirtyPages } from '../kernel.ts';
import { cannotMutate, cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';

export const resetOperation = defineOperation({
  name: 'reset',
  about: 'the ioctl that re-arms what was harvested',
  roles: ['kernel'],
  fields: () => ({}),
  label: () => 'reset',
  effects: { ...NO_EFFECTS, drains: 'running' },
  build:
    (_, { vm }) =>
    (mem) =>
      resetDirtyPages(mem, vm),
  shrink: cannotShrink,
  mutate: cannotMutate,
  draw: () => ({ do: 'reset' }),
});
