import { hostileRings, performsWhere, type VmSpec } from '../../vm/spec.ts';
import type { TrackerDescriptor } from '../../vm/trackerDescriptor.ts';
import { ENTRY_BYTES, INDEX_BYTES } from './gfn_list.ts';
import { GfnLists } from './gfnList.ts';
import { gfnListRules } from './rules/gfnListRules.ts';
import { gfnListScenarios } from './scenarios.ts';

/** Lei Cao's list. */
export const gfnList: TrackerDescriptor<GfnLists> = {
  name: 'gfn-list',
  family: 'gfn-list',
  create: (layout, kvm, shape) => new GfnLists(layout, kvm, shape),

  options: [],
  operations: [],
  indexMax: 0xffff,
  boundaryIndices: [0, 1, 255, 65530, 65533, 65534, 65535],
  mappedBytes: (rings, ring) => (ring === 0 ? (rings.reduce((sum, { size }) => sum + size, 0) + 1) * ENTRY_BYTES : 0),
  hostRing: false,

  whenFull: 'refuse',
  sharedLog: true,
  freeing: 'before re-arming',
  // Its reset drops what userspace has not fetched.
  drainedWhile: 'paused',
  racesWhenMapped: false,
  kernelIndices: () => [],
  indexRings: () => [],

  claims: {
    'a ring is full':
      ({ list }) =>
      ({ read }) =>
        read(list.dirty_index) === list.size,
  },
  rules: gfnListRules,

  isRightFor: (spec) =>
    hostileRings(spec).size > 0 ? sparesDirtyIndex(spec) : !performsWhere(spec, ({ drains }) => drains === 'running'),
  defects: {
    O2: 'the reset begins the list anew, and drops what was pushed since the count',
    O3: 'the index of the next push lies where userspace can write it',
  },
  ringOfSize: (size) => ({ size, leeway: 0 }),
  scenarios: () => gfnListScenarios(gfnList),
};

/** Whether hostile userspace leaves dirty_index, the first word, alone: defect O3. */
const sparesDirtyIndex = ({ actors }: VmSpec): boolean =>
  actors.every(({ operations }) => operations.every((op) => op.do !== 'poke' || op.at >= INDEX_BYTES));
