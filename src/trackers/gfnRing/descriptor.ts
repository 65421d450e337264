import { u16 } from '../../memory/cell.ts';
import { GFN_BYTES } from '../../ring/kvm_gfnring.ts';
import type { TrackerDescriptor } from '../../vm/trackerDescriptor.ts';
import { compiledFile } from '../compiled/compiledFile.ts';
import { CompiledGfnRings } from '../compiled/compiledGfnRings.ts';
import { harvesterOf } from '../compiled/consumerHarvester.ts';
import { GfnRings } from './gfnRings.ts';
import { gfnRingRules } from './rules/gfnRingRules.ts';
import { detailedScenarios, gfnRingScenarios } from './scenarios.ts';

/** The ring of the mail. */
export const gfnRing: TrackerDescriptor<GfnRings> = {
  name: 'gfn-ring',
  family: 'gfn-ring',
  create(layout, kvm, shape) {
    const rings =
      shape.kernel === undefined
        ? new GfnRings(layout, kvm, shape)
        : new CompiledGfnRings(layout, kvm, shape, compiledFile(shape.kernel));
    rings.harvester = harvesterOf(layout, kvm, shape, rings.userRings);
    return rings;
  },
  kernelApi: 'mail',

  options: ['kernel', 'consumer'],
  operations: ['push', 'harvest', 'count', 'reset-ring'],
  indexMax: 0xffff,
  boundaryIndices: [0, 1, 255, 65530, 65533, 65534, 65535],
  mappedBytes: (rings, ring) => rings[ring].size * GFN_BYTES,
  hostRing: true,

  whenFull: 'refuse',
  sharedLog: false,
  freeing: 'after re-arming',
  drainedWhile: 'running',
  racesWhenMapped: false,
  kernelIndices: ({ rings }) => rings.flatMap(({ prod_index, cons_index }) => [prod_index, cons_index]),

  indexRings: ({ rings }) =>
    rings.map(({ size, soft_limit, prod_index, cons_index, indices }) => ({
      size,
      soft_limit,
      consumed: cons_index,
      produced: prod_index,
      indices: [prod_index, cons_index, indices.prod, indices.cons],
    })),

  claims: {
    'a ring is full':
      ({ rings }) =>
      ({ read }) =>
        rings.some((ring) => u16(read(ring.prod_index) - read(ring.cons_index)) === ring.size),
    'an index wraps':
      ({ rings }, { index }) =>
      ({ read }) =>
        rings.some((ring) => read(ring.cons_index) < index),
  },
  rules: gfnRingRules,

  isRightFor: () => true,
  defects: {},
  ringOfSize: (size) => ({ size, leeway: 0 }),
  scenarios: () => gfnRingScenarios(gfnRing),
  detailedScenarios,
};
