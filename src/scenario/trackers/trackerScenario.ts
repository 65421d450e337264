import type { MemoryModelName } from '../../explore/memoryModels/registry.ts';
import { SCHEMA } from '../../input/schema.ts';
import type { TrackerName } from '../../trackers/registry.ts';
import type { ActorSpec, VmSpec, VmsSpec } from '../../vm/spec.ts';
import type { BuiltIn } from '../gfnRingScenarios.ts';
import type { CatalogueNumber } from '../knownDefects.ts';

/** A defect that history knows, and how the names of the properties begin that show it. */
export interface KnownDefect {
  readonly catalogue: CatalogueNumber;
  readonly properties: readonly string[];
}

/** The number of the defect that a finding shows in a scenario that is known for some. What breaks another property is something else. */
export function knownAs(
  { property }: { readonly property: string },
  known: readonly KnownDefect[] = [],
): CatalogueNumber | null {
  return known.find(({ properties }) => properties.some((name) => property.startsWith(name)))?.catalogue ?? null;
}

export interface TrackerScenario extends Omit<BuiltIn, 'spec'> {
  readonly spec: VmSpec | VmsSpec;
  /** What this tracker is known to get wrong here. */
  readonly known?: readonly KnownDefect[];
}

/** The properties that show a page that is lost, and an access out of bounds. */
export const LOST = ['no dirty page is ever lost', 'NL1'];
export const OUT_OF_BOUNDS = ['G1'];
export const ONE_PAGE = { slots: [{ slot: 0, npages: 1 }] };

interface Options {
  readonly known?: false | KnownDefect | readonly KnownDefect[];
  readonly mode?: BuiltIn['mode'];
  readonly tooLargeUnder?: readonly MemoryModelName[];
}

/** A VM of a tracker, called `TRACKER/NAME`, with one slot of two pages where nothing else is said. */
export const smallVm = (
  tracker: TrackerName,
  name: string,
  rings: VmSpec['rings'],
  actors: readonly ActorSpec[],
  shape: Partial<VmSpec>,
): VmSpec => ({
  schema: SCHEMA,
  name: `${tracker}/${name}`,
  tracker,
  rings,
  slots: [{ slot: 0, npages: 2 }],
  index: 0,
  actors,
  sometimes: [],
  ...shape,
});

/** A scenario of a tracker, called `TRACKER/NAME`; with as many rings as vCPUs, and as it needs for the host. */
export function trackerScenario(
  tracker: TrackerName,
  name: string,
  about: string,
  actors: readonly ActorSpec[],
  sometimes: readonly string[],
  shape: Partial<VmSpec> = {},
  { known, mode = 'prove', tooLargeUnder = [] }: Options = {},
): TrackerScenario {
  const vcpus = Math.max(1, ...actors.map(({ vcpu }) => (vcpu ?? 0) + 1));
  const hostRing =
    tracker === 'gfn-ring' && actors.some(({ operations }) => operations.some((op) => op.do === 'host-write'));
  const rings = Array.from({ length: vcpus + (hostRing ? 1 : 0) }, () => ringsOfSize(tracker));
  const spec = smallVm(tracker, name, rings, actors, { sometimes, ...shape });
  return { about, mode, tooLargeUnder, spec, ...(known && { known: [known].flat() }) };
}

/** The merged ring should never get full, so that part of it is leeway. */
export const ringsOfSize = (tracker: TrackerName, size = 2) =>
  tracker.startsWith('dirty-ring') ? { size: 2 * size, leeway: size } : { size, leeway: 0 };

/** How a tracker fails that has no place for a write without a vCPU. */
export const noVcpuOf = (tracker: TrackerName): readonly string[] | false =>
  tracker === 'dirty-ring@5.11' ? ['G4'] : tracker === 'dirty-ring@6.1' && LOST;

/** The place that the merged ring has for it from 6.2 on. */
export const backupOf = (tracker: TrackerName): Partial<VmSpec> =>
  tracker.startsWith('dirty-ring') && !noVcpuOf(tracker) ? { backupBitmap: true } : {};
