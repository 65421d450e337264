import { KERNEL_RULE } from '../../kvm/kernelRules.ts';
import { VM_RULE } from '../../vm/properties/vmRules.ts';
import { performs, type VmSpec } from '../../vm/spec.ts';
import type { TrackerDescriptor } from '../../vm/trackerDescriptor.ts';
import { CompiledDirtyRings } from '../compiled/compiledDirtyRings.ts';
import { compiledFile } from '../compiled/compiledFile.ts';
import { harvesterOf } from '../compiled/consumerHarvester.ts';
import { LOST } from '../scenarios/trackerScenario.ts';
import { DIRTY_GFN_BYTES } from './dirty_ring.ts';
import { DirtyRings } from './dirtyRing.ts';
import { dirtyRingRules } from './rules/dirtyRingRules.ts';
import { DIRTY_RING_RULE } from './rules/dirtyRingState.ts';
import { dirtyRingScenarios } from './scenarios.ts';
import { type VersionName, versions } from './versions.ts';

const defects = {
  B11: 'the sum of an offset and the mask of its batch wraps to zero (CVE-2026-52969)',
  B12: 'a write for which no vCPU runs crashes the kernel (CVE-2021-4095), or is dropped',
  B14: 'flags are accessed plainly: right on x86 alone',
  B16: 'a reset goes on for as long as entries are flagged',
  B19: 'a reset that a signal ends drops the pages that it was about to re-arm',
  B20: 'stale translations are flushed after slots_lock is given back',
  B21: 'a reset goes beyond what was pushed',
  B22: 'one page out of range takes the others of its batch with it',
} as const;

type Differences = Pick<TrackerDescriptor, 'kernelApi' | 'defectsOfReleases' | 'hostWriteDefect' | 'refusal'> & {
  readonly backupBitmap: boolean;
};

/** What descriptors of versions differ in. */
const differences: Readonly<Record<VersionName, Differences>> = {
  '5.11': { backupBitmap: false, hostWriteDefect: { catalogue: 'B12', properties: [KERNEL_RULE.G4_NO_CRASH] } },
  '6.1': {
    backupBitmap: false,
    hostWriteDefect: { catalogue: 'B12', properties: LOST },
    kernelApi: '5.11',
    defectsOfReleases: ['B11', 'B12', 'B14', 'B16', 'B20', 'B21', 'B22'],
  },
  '6.12': { backupBitmap: true, kernelApi: '6.2', defectsOfReleases: ['B11', 'B16', 'B20', 'B21', 'B22'] },
  '6.17': { backupBitmap: true, kernelApi: '6.17', defectsOfReleases: ['B11', 'B19', 'B20', 'B21', 'B22'] },
  repaired: {
    backupBitmap: true,
    refusal: (spec) =>
      performs(spec, 'host-write') && !spec.backupBitmap
        ? '.backupBitmap is missing: without it no version of the merged ring records what the host writes'
        : undefined,
  },
};

/** Where a reset does not end, or each entry into the guest finds the ring full, a VM hangs. */
const LOSSES: readonly string[] = [
  DIRTY_RING_RULE.G2_BOUNDED,
  DIRTY_RING_RULE.F3_NOT_OVERTAKEN,
  DIRTY_RING_RULE.G6_OWN_PAGES,
];
const CONFORMANCE = [...Object.values(DIRTY_RING_RULE), VM_RULE.G5_LOCKS].filter((rule) => !LOSSES.includes(rule));

/** The ring as merged, of one version. */
function dirtyRing(versionName: VersionName): TrackerDescriptor<DirtyRings> {
  const version = versions[versionName];
  const { backupBitmap, ...difference } = differences[versionName];
  const descriptor: TrackerDescriptor<DirtyRings> = {
    name: `dirty-ring@${versionName}`,
    family: 'dirty-ring',
    create(layout, kvm, shape) {
      const rings =
        shape.kernel === undefined
          ? new DirtyRings(layout, kvm, shape, version)
          : new CompiledDirtyRings(layout, kvm, shape, version, compiledFile(shape.kernel));
      rings.harvester = harvesterOf(layout, kvm, shape, rings.userRings);
      return rings;
    },

    options: backupBitmap ? ['kernel', 'consumer', 'backupBitmap'] : ['kernel', 'consumer'],
    operations: ['harvest'],
    indexMax: 0xffff_ffff,
    boundaryIndices: [0, 1, 255, 0xffff, 0xffff_fffd, 0xffff_fffe, 0xffff_ffff],
    mappedBytes: (rings, ring) => rings[ring].size * DIRTY_GFN_BYTES,
    hostRing: false,

    whenFull: 'overwrite',
    sharedLog: false,
    freeing: 'before re-arming',
    drainedWhile: 'running',
    // The kernel sets flags plainly. Only the leeway orders a push after the reset of its entry.
    racesWhenMapped: true,
    kernelIndices: ({ rings }) => rings.flatMap(({ dirty_index, reset_index }) => [dirty_index, reset_index]),

    indexRings: ({ rings }) =>
      rings.map(({ size, soft_limit, dirty_index, reset_index, fetch_index }) => ({
        size,
        soft_limit,
        consumed: reset_index,
        produced: dirty_index,
        indices: [dirty_index, reset_index, fetch_index],
      })),

    claims: {
      'a ring is full':
        ({ rings }) =>
        ({ read }) =>
          rings.some((ring) => (read(ring.dirty_index) - read(ring.reset_index)) >>> 0 >= ring.soft_limit),
      'an index wraps':
        ({ rings }, { index }) =>
        ({ read }) =>
          rings.some((ring) => read(ring.reset_index) < index),
    },
    rules: dirtyRingRules,
    conformance: CONFORMANCE,

    isRightFor: (spec) => (version.repaired || avoidsDefects(spec)) && recordsHostWrites(spec),
    defects,
    // The ring should never get full: part of it is leeway.
    ringOfSize: (size) => ({ size: 2 * size, leeway: size }),
    scenarios: () => dirtyRingScenarios(descriptor, versionName),
    ...difference,
  };
  return descriptor;
}

/** Whether a VM does nothing with which the versions of Linux are known to lose pages. */
const avoidsDefects = (spec: VmSpec): boolean => !performs(spec, 'reset', 'signal', 'set-slot', 'poke', 'harvest');

const recordsHostWrites = (spec: VmSpec): boolean => !performs(spec, 'host-write') || spec.backupBitmap === true;

export const dirtyRings: Readonly<Record<VersionName, TrackerDescriptor<DirtyRings>>> = {
  '5.11': dirtyRing('5.11'),
  '6.1': dirtyRing('6.1'),
  '6.12': dirtyRing('6.12'),
  '6.17': dirtyRing('6.17'),
  repaired: dirtyRing('repaired'),
};
