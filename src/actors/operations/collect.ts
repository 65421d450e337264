import { cannotMutate, cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import { collectDirtyPages } from '../userspace.ts';

export const collectOperation = defineOperation({
  name: 'collect',
  about: 'harvests, resets and copies, once',
  roles: ['userspace'],
  fields: () => ({}),
  label: () => 'collect',
  effects: { ...NO_EFFECTS, harvests: 'returns pages', copies: 'running', drains: 'running' },
  build:
    (_, { vm }) =>
    (mem) =>
      collectDirtyPages(mem, vm),
  shrink: cannotShrink,
  mutate: cannotMutate,
  // A tracker that is drained only while the machine is paused has `checkpoint`. After `serve`
  // nothing is left.
  draw: ({ tracker }, { operations }) =>
    operations.at(-1)?.do === 'serve' || tracker.drainedWhile === 'paused' ? undefined : { do: 'collect' },
});
