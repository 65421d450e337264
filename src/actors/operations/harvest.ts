import type { Draw } from '../draw.ts';
import { cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import { ALL_ENTRIES, checkRing, ringField } from './values.ts';

const LARGEST_RING = 32768;
const drawMax = (draw: Draw): number => draw.one([1, 2, ALL_ENTRIES]);

export const harvestOperation = defineOperation({
  name: 'harvest',
  about: 'of `gfn-ring` and `dirty-ring`: takes entries of one ring',
  roles: ['userspace'],
  needsSupport: true,
  fields: (t) => ({
    ...ringField(t),
    max: t.wholeNumber(0, ALL_ENTRIES).describe('how many entries it takes at most'),
  }),
  label: ({ ring, max }) => `harvest ring${ring}${max > LARGEST_RING ? '' : `, at most ${max}`}`,
  effects: { ...NO_EFFECTS, harvests: 'returns pages', drains: 'running' },
  build:
    ({ ring, max }, { vm: { tracker } }) =>
    (mem) =>
      tracker.harvestRing!(mem, ring, max),
  check: (op, site) => checkRing(op, site),
  shrink: cannotShrink,
  mutate: (op, draw) => ({ ...op, max: drawMax(draw) }),
  draw: (draw) => ({ do: 'harvest', ring: 0, max: drawMax(draw) }),
});
