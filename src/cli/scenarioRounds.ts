import { isStopRequested } from '../process/stopRequest.ts';
import type { ExploreReport, WrittenFinding } from '../run/exploreReport.ts';
import { type ExploreOptions, exploreScenario } from '../run/exploreScenario.ts';
import { LOST } from '../trackers/scenarios/trackerScenario.ts';
import type { VmSpec, VmsSpec } from '../vm/spec.ts';

/** What a scenario is explored for. */
export interface Expectation {
  /** Properties that only say how a tracker does its work: a violation is a difference. */
  readonly conformance: readonly string[];
  /** Properties that are not checked. */
  readonly ignored: readonly string[];
}

/** One exploration, and the properties that were not checked in it. */
export interface Round {
  readonly report: ExploreReport;
  readonly ignored: readonly string[];
}

export interface ScenarioRounds {
  /** Only the last one can be without findings. */
  readonly rounds: readonly Round[];
  /** At most one of each kind. */
  readonly findings: readonly WrittenFinding[];
  /** The first violation of conformance, if there is one. */
  readonly differences: readonly WrittenFinding[];
}

/**
 * Explores a scenario again and again, each time without the properties that were found violated,
 * and those of the same kind. So a defect does not hide what is behind it. The rounds share the
 * time.
 */
export async function exploreInRounds(
  spec: VmSpec | VmsSpec,
  options: ExploreOptions,
  { conformance, ignored }: Expectation,
): Promise<ScenarioRounds> {
  const start = performance.now();
  const rounds: Round[] = [];
  const findings: WrittenFinding[] = [];
  const differences: WrittenFinding[] = [];
  const without = new Set(ignored);
  for (;;) {
    // In tenths: a limit is printed as it is.
    const tenths = Math.round(10 * options.limits.seconds - (performance.now() - start) / 100);
    const seconds = rounds.length === 0 ? options.limits.seconds : Math.max(0.1, tenths / 10);
    const limits = { ...options.limits, seconds };
    const report = await exploreScenario(withoutPropertiesOf(spec, [...without]), { ...options, limits });
    const [finding] = report.findings;
    // Code that checks itself, as for an access out of bounds, finds the same again.
    if (finding !== undefined && rounds.length > 0 && without.has(ownName(finding.property, spec))) break;
    rounds.push({ report, ignored: [...without] });
    if (finding === undefined) break;
    const isDifference = conformance.includes(ownName(finding.property, spec));
    if (isDifference) differences.push(finding);
    else findings.push(...report.findings);
    for (const property of isDifference ? conformance : ofSameKind(ownName(finding.property, spec)))
      without.add(property);
    // A crash ends an execution, and an unreached claim is no execution: both would come again.
    const comesAgain = report.outcome === 'crashed' || finding.schedule === '';
    if (comesAgain || isStopRequested()) break;
  }
  return { rounds, findings, differences };
}

/** A lost page shows as one of several properties. */
const ofSameKind = (property: string): readonly string[] => (LOST.includes(property) ? LOST : [property]);

/** The name of a property within its VM: that of a VM among several is prefixed. */
function ownName(property: string, spec: VmSpec | VmsSpec): string {
  const vm = 'vms' in spec ? spec.vms.find(({ name }) => property.startsWith(`${name}: `)) : undefined;
  return vm === undefined ? property : property.slice(vm.name.length + 2);
}

function withoutPropertiesOf(spec: VmSpec | VmsSpec, names: readonly string[]): VmSpec | VmsSpec {
  if (names.length === 0) return spec;
  const without = (vm: VmSpec): VmSpec => ({ ...vm, ignores: [...(vm.ignores ?? []), ...names] });
  return 'vms' in spec ? { ...spec, vms: spec.vms.map(without) } : without(spec);
}
