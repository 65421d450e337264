import type { MemoryModelName } from '#dist/explore/memoryModels/registry.js';
import { checkedScenarios } from '#dist/scenario/builtinScenarios.js';

type Check = ReturnType<typeof checkedScenarios>[number];

/** A scenario in which mutants are searched for. */
export interface MutantScenario extends Pick<Check, 'mode'> {
  readonly name: string;
  readonly tracker: string;
  readonly memoryModel: MemoryModelName;
  /** The known defects that the subject shows in it. */
  readonly known?: Check['known'];
}

export type BuiltInMutantScenario = MutantScenario & Pick<Check, 'spec'>;

const MERGED: readonly string[] = [
  'dirty-ring@repaired',
  'dirty-ring@6.17',
  'dirty-ring@6.12',
  'dirty-ring@6.1',
  'dirty-ring@5.11',
];

/** The trackers whose scenarios may show what is wrong with a module of the subjects. */
export function trackersOf(file: string): readonly string[] {
  if (/^(ring\/|trackers\/gfnRing\/)/.test(file)) return ['gfn-ring'];
  if (file.startsWith('trackers/gfnList/')) return ['gfn-list'];
  if (file.startsWith('trackers/dirtyRing/')) return MERGED;
  // The merged ring has a bitmap for what the host writes.
  if (file.startsWith('trackers/dirtyBitmap/')) return ['dirty-bitmap', 'dirty-ring@repaired'];
  return ['gfn-ring', 'gfn-list', 'dirty-bitmap', 'dirty-ring@repaired'];
}

/**
 * The smallest scenarios of `check` that suffice: each part of a tracker does something in them.
 * The larger ones test what is not of the tracker: the guest, the gate, checkpoints, two VMs.
 */
const SMALL: Partial<Record<string, string>> = {
  'gfn-ring':
    'ring wrap dirty-again handed-over full-ring two-resetters hostile-cons hostile-entry hostile-wipe coalesce ' +
    'gfn-ring/two-spaces gfn-ring/host-waits gfn-ring/slot-shrinks gfn-ring/two-inside',
  'gfn-list': 'not-paused hostile-index copy-before-reset checkpoint fails-after-harvest replicate two-inside',
  'dirty-bitmap': 'dirty-again two-spaces host-write slot-shrinks slot-reused manual initially-set',
  'dirty-ring@repaired':
    'dirty-again two-resetters two-spaces host-write page-log slot-reused wrap handed-over signal never-pushed ' +
    'wrapped-offset endless-reset no-leeway replicate',
};
/** Scenarios for the versions of the merged ring that have known defects. */
const OF_VERSIONS = 'dirty-again page-log wrap replicate wrapped-offset';

/** The scenarios of a tracker, under sequential consistency. */
export const scenariosOf = (tracker: string): BuiltInMutantScenario[] =>
  checkedScenarios(tracker)
    .filter(({ spec: { name }, known }) => {
      const names = (SMALL[tracker] ?? OF_VERSIONS).split(' ');
      return names.includes(name) || names.includes(name.slice(tracker.length + 1)) || (!(tracker in SMALL) && known);
    })
    .map(({ spec, known, mode }) => ({
      ...{ name: spec.name, spec, tracker, mode, memoryModel: 'sc' },
      ...(known && { known }),
    }));
