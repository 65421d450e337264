import type { CompiledKernel, KernelApi } from '../kernel/compiled.ts';
import type { KernelFile } from '../trackers/interface/tracker.ts';
import { trackerForVm, trackers } from '../trackers/registry.ts';
import { preempt, signalTo } from '../vm/actorSpecs.ts';
import type { BuiltInScenario, KnownDefect } from '../vm/builtInScenario.ts';
import type { ClaimName } from '../vm/claimNames.ts';
import { type OperationSpec, performs, type VmSpec } from '../vm/spec.ts';
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

/** Which events from outside a C file asks for. */
export interface OutsideEvents {
  /** It calls `need_resched()` or its like. */
  readonly resched: boolean;
  /** It calls `signal_pending()`. */
  readonly signals: boolean;
}

export const outsideEventsOf = ({ hooked }: Pick<CompiledKernel, 'hooked'>): OutsideEvents => ({
  resched: hooked.resched !== undefined,
  signals: hooked.signal_pending !== undefined,
});

/**
 * What `kernel` runs: the scenarios of a tracker, with the C file in its place. Each thread that
 * may reset gets one event of each kind that the file asks for: the explorer chooses when. If the
 * tracker's own scenarios have signals, no others get any.
 */
export function checksOfKernel(kernel: KernelFile, tracker: string, events: OutsideEvents): BuiltInScenario[] {
  const scenarios = checkedScenarios(tracker);
  const vmsOf = ({ spec }: BuiltInScenario): readonly VmSpec[] => ('vms' in spec ? spec.vms : [spec]);
  const hasSignals = scenarios.some((scenario) => vmsOf(scenario).some((vm) => performs(vm, 'signal')));
  const wanted = [...(events.resched ? [preempt] : []), ...(events.signals && !hasSignals ? [signalTo] : [])];
  // A bool does not tell whether a cons was refused.
  const told = (claim: string): boolean => kernel.returns !== 'bool' || claim !== CONS_REFUSED;
  const withFile = (spec: VmSpec): VmSpec =>
    trackerForVm(spec).name === tracker
      ? withTimer({ ...spec, kernel, sometimes: spec.sometimes.filter(told) }, wanted)
      : spec;
  return scenarios.map((check) => ({
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

/** Adds a thread that sends events to all threads that may reset. */
function withTimer(spec: VmSpec, events: readonly ((to: string) => OperationSpec)[]): VmSpec {
  const receivers = spec.actors.filter(({ role }) => role === 'userspace' || role === 'kernel');
  const operations = receivers.flatMap(({ name }) => events.map((event) => event(name)));
  if (operations.length === 0) return spec;
  return { ...spec, actors: [...spec.actors, { name: 'timer', role: 'host', operations }] };
}
