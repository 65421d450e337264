import { CHECKPOINT_STEPS, takeCheckpoint } from '../checkpoint.ts';
import type { Draw } from '../draw.ts';
import { defineOperation, NO_EFFECTS } from '../operation.ts';

function drawCheckpoint(draw: Draw) {
  const fails = draw.one([undefined, ...CHECKPOINT_STEPS]);
  return { do: 'checkpoint', ...(fails && { fails }) };
}

export const checkpointOperation = defineOperation({
  name: 'checkpoint',
  about: 'takes one checkpoint, in the manner of Remus',
  roles: ['userspace'],
  fields: (t) => ({
    fails: t
      .optional(t.oneOf(CHECKPOINT_STEPS))
      .describe('the step after which it fails and rolls back; left out: it succeeds'),
  }),
  label: ({ fails }) => (fails === undefined ? 'checkpoint' : `checkpoint that fails after ${fails}`),
  effects: { ...NO_EFFECTS, harvests: 'keeps pages', copies: 'paused', drains: 'paused', pauses: true },
  build:
    ({ fails }, { vm }) =>
    (mem) =>
      takeCheckpoint(mem, vm, fails),
  *shrink(op) {
    if (op.fails) yield { do: 'checkpoint' };
  },
  mutate: (_, draw) => drawCheckpoint(draw),
  draw: drawCheckpoint,
});
