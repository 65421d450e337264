import type { Api, Compiled } from '../../kernel/compiled.ts';
import type { TrackerName } from '../../trackers/registry.ts';
import type { KernelFile } from '../../trackers/tracker.ts';
import type { VmSpec } from '../../vm/spec.ts';
import { checksOf } from '../builtinScenarios.ts';
import type { TrackerScenario } from './trackerScenario.ts';

/** Whose scenarios and surroundings a C file gets: those of the last release with functions of that form. */
export const trackerOfApi: Readonly<Record<Api, TrackerName>> = {
  mail: 'gfn-ring',
  '5.11': 'dirty-ring@6.1',
  '6.2': 'dirty-ring@6.12',
  '6.17': 'dirty-ring@6.17',
};

/** A compiled file as scenarios name it. */
export const kernelFileOf = ({ file, key, counts }: Compiled): KernelFile => ({
  file,
  key,
  ...(!counts && { returns: 'bool' }),
});

/** What `kernel` runs: the scenarios of the tracker that a C file is, with the file in its place. */
export function checksOfKernel(kernel: KernelFile, tracker: TrackerName): TrackerScenario[] {
  // That it is refused, a bool does not say.
  const told = (claim: string): boolean => kernel.returns !== 'bool' || claim !== 'a cons is refused';
  const withFile = (spec: VmSpec): VmSpec =>
    (spec.tracker ?? 'gfn-ring') === tracker ? { ...spec, kernel, sometimes: spec.sometimes.filter(told) } : spec;
  return checksOf(tracker).map((check) => ({
    ...check,
    spec: 'vms' in check.spec ? { ...check.spec, vms: check.spec.vms.map(withFile) } : withFile(check.spec),
  }));
}
