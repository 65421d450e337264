import { checkpointAtExit } from '../checkpoint.ts';
import { defineOperation, NO_EFFECTS } from '../operation.ts';

export const replicateOperation = defineOperation({
  name: 'replicate',
  about: 'takes a checkpoint at each exit of a vCPU, until all have halted',
  roles: ['userspace'],
  fields: () => ({}),
  label: () => 'replicate',
  effects: {
    ...NO_EFFECTS,
    harvests: 'keeps pages',
    copies: 'paused',
    drains: 'paused',
    pauses: true,
    serves: true,
    isLast: true,
  },
  build:
    (_, { vm }) =>
    (mem) =>
      checkpointAtExit(mem, vm),
  repeats: true,
  shrink: () => [{ do: 'checkpoint' }],
  mutate: () => ({ do: 'serve' }),
});
