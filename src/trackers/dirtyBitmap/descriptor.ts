import type { TrackerDescriptor } from '../../vm/trackerDescriptor.ts';
import { DirtyBitmap } from './dirtyBitmap.ts';
import { dirtyBitmapRules } from './rules/dirtyBitmapRules.ts';
import { dirtyBitmapScenarios } from './scenarios.ts';

/** KVM's dirty bitmap. */
export const dirtyBitmap: TrackerDescriptor<DirtyBitmap> = {
  name: 'dirty-bitmap',
  family: 'dirty-bitmap',
  create: (layout, kvm, shape) => new DirtyBitmap(layout, kvm, shape),

  options: ['manualProtect'],
  operations: [],
  indexMax: 0xffff,
  boundaryIndices: [0, 1, 255, 65530, 65533, 65534, 65535],
  mappedBytes: () => 0,
  hostRing: false,

  whenFull: 'never',
  sharedLog: false,
  freeing: 'before re-arming',
  drainedWhile: 'running',
  racesWhenMapped: false,
  kernelIndices: () => [],
  indexRings: () => [],

  claims: {},
  rules: dirtyBitmapRules,

  isRightFor: () => true,
  defects: {},
  ringOfSize: (size) => ({ size, leeway: 0 }),
  scenarios: () => dirtyBitmapScenarios(dirtyBitmap),
};
