import { SCHEMA } from '../../input/schema.ts';
import { KERNEL_RULE } from '../../kvm/kernelRules.ts';
import type { BuiltInScenario, KnownDefect } from '../../vm/builtInScenario.ts';
import { VM_RULE } from '../../vm/properties/vmRules.ts';
import { type ActorSpec, performs, type VmSpec } from '../../vm/spec.ts';
import type { TrackerDescriptor } from '../../vm/trackerDescriptor.ts';

/** The properties that show a lost page. */
export const LOST: readonly string[] = [VM_RULE.NOTHING_LOST, VM_RULE.NL1_RECORDED];
/** The property that shows an access out of bounds. */
export const OUT_OF_BOUNDS: readonly string[] = [KERNEL_RULE.G1_WITHIN_BOUNDS];
export const ONE_PAGE = { slots: [{ slot: 0, npages: 1 }] };

/** What scenarios ask of a tracker. */
export type ScenarioTracker = Pick<
  TrackerDescriptor,
  'name' | 'options' | 'hostRing' | 'hostWriteDefect' | 'whenFull' | 'drainedWhile' | 'ringOfSize'
>;

interface Options {
  readonly known?: KnownDefect | readonly KnownDefect[] | undefined;
  readonly mode?: BuiltInScenario['mode'];
  readonly tooLargeWithViews?: boolean;
}

/** A VM called `TRACKER/NAME`, with one slot of two pages unless `shape` says otherwise. */
export const smallVm = (
  tracker: string,
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

/**
 * A scenario called `TRACKER/NAME`. It has a ring for each vCPU, and one for the host if needed.
 */
export function trackerScenario(
  tracker: ScenarioTracker,
  name: string,
  about: string,
  actors: readonly ActorSpec[],
  sometimes: readonly string[],
  shape: Partial<VmSpec> = {},
  { known, mode = 'prove', tooLargeWithViews = false }: Options = {},
): BuiltInScenario<VmSpec> {
  const vcpus = Math.max(1, ...actors.map(({ vcpu }) => (vcpu ?? 0) + 1));
  const hostRing = tracker.hostRing && performs({ actors }, 'host-write');
  const rings = Array.from({ length: vcpus + (hostRing ? 1 : 0) }, () => tracker.ringOfSize(2));
  const spec = smallVm(tracker.name, name, rings, actors, { sometimes, ...shape });
  return { about, mode, tooLargeWithViews, spec, ...(known && { known: [known].flat() }) };
}

/** The fields of a VM that make a tracker record what the host writes. */
export const backupOf = ({ options }: Pick<TrackerDescriptor, 'options'>): Partial<VmSpec> =>
  options.includes('backupBitmap') ? { backupBitmap: true } : {};
