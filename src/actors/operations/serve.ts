import { defineOperation, NO_EFFECTS } from '../operation.ts';
import { collectAtExit } from '../userspace.ts';

export const serveOperation = defineOperation({
  name: 'serve',
  about: 'harvests, resets and copies at each exit of a vCPU, until all have halted',
  roles: ['userspace'],
  fields: () => ({}),
  label: () => 'serve',
  effects: { ...NO_EFFECTS, harvests: 'keeps pages', copies: 'running', drains: 'running', serves: true, isLast: true },
  build:
    (_, { vm }) =>
    (mem) =>
      collectAtExit(mem, vm),
  repeats: true,
  shrink: () => [{ do: 'collect' }],
  mutate: () => ({ do: 'replicate' }),
});
