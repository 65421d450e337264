import type { CompiledKernel, KernelApi } from '../kernel/compiled.ts';
import type { KernelFile } from '../trackers/interface/tracker.ts';
import { trackerForVm, trackers } from '../trackers/registry.ts';
import type { BuiltInScenario, KnownDefect } from '../vm/builtInScenario.ts';
import type { ClaimName } from '../vm/claimNames.ts';
import type { VmSpec } from '../vm/spec.ts';
import { checkedScenarios } from './builtinScenarios.ts';

/** The tracker that a C file replaces: the last release whose functions have that form. */
export const trackerOfApi = Object.fromEntries(
  Object.values(trackers).flatMap(({ name, kernelApi }) => (kernelApi === undefined ? [] : [[kernelApi, name]])),
) as Readonly<Record<KernelApi, string>>;

/** A compiled file as scenarios name it. */
export const kernelFileOf = ({ file, key, counts }: CompiledKernel): KernelFile => ({
  file,
  key,
  ...(!counts && { returns: 'bool' }),
});

const CONS_REFUSED: ClaimName = 'a cons is refused';

/** What `kernel` runs: the scenarios of a tracker, with the C file in its place. */
export function checksOfKernel(kernel: KernelFile, tracker: string): BuiltInScenario[] {
  // A bool does not tell whether a cons was refused.
  const told = (claim: string): boolean => kernel.returns !== 'bool' || claim !== CONS_REFUSED;
  const withFile = (spec: VmSpec): VmSpec =>
    trackerForVm(spec).name === tracker ? { ...spec, kernel, sometimes: spec.sometimes.filter(told) } : spec;
  return checkedScenarios(tracker).map((check) => ({
    ...check,
    ...defectsOfFile(check, tracker),
    spec: 'vms' in check.spec ? { ...check.spec, vms: check.spec.vms.map(withFile) } : withFile(check.spec),
  }));
}

/**
 * The defects of all versions of a tracker in a scenario. Those that releases with the functions of
 * the file had are known: the file may be of any of them.
 */
function defectsOfFile(
  { spec, known = [] }: BuiltInScenario,
  tracker: string,
): Pick<BuiltInScenario, 'known' | 'ofOtherVersions'> {
  const { family, defectsOfReleases = [] } = trackers[tracker];
  const name = spec.name.slice(tracker.length);
  const versions = Object.values(trackers).filter((other) => other.family === family);
  const all = versions.flatMap((version) =>
    version.scenarios().flatMap((other) => (other.spec.name === version.name + name ? (other.known ?? []) : [])),
  );
  const isKnown = ({ catalogue }: KnownDefect): boolean =>
    defectsOfReleases.includes(catalogue) || known.some((own) => own.catalogue === catalogue);
  return { known: all.filter(isKnown), ofOtherVersions: all.filter((defect) => !isKnown(defect)) };
}
