import { isStopRequested } from '../process/stopRequest.ts';
import type { MemoryConfig } from '../run/createRun.ts';
import type { ExploreReport, WrittenFinding } from '../run/exploreReport.ts';
import type { ExploreOptions } from '../run/exploreScenario.ts';
import { knownAs, knownDefects } from '../scenario/knownDefects.ts';
import { type BuiltInScenario, defaultModeFor, type KnownDefect } from '../vm/builtInScenario.ts';
import { guardScenario } from './guardScenario.ts';
import type { SharedOptions } from './options.ts';
import { progress } from './output.ts';
import { exploreInRounds, type ScenarioRounds } from './scenarioRounds.ts';

export interface CheckOptions extends SharedOptions, MemoryConfig {
  readonly tracker: string;
  /** Time limit of each scenario. */
  readonly seconds: number;
  /** Limit of the memory for states, in MB. */
  readonly memory: number;
  /** Directory of the findings. */
  readonly dir: string;
  /** Whether traces contain source lines. */
  readonly lines?: boolean;
  /** Whether known defects leave the exit status at 0. */
  readonly acceptKnown?: boolean;
  /** Properties whose violation is a difference, and no finding. */
  readonly conformance?: readonly string[];
  /** Numbers of known defects that are not looked for. */
  readonly ignore?: readonly string[];
  /** Properties that are not checked. */
  readonly unchecked?: readonly string[];
  /** Whether a finding that is no known defect ends the run: the user looks at it first. */
  readonly stopAtUnknown?: boolean;
}

/** A finding, with the number and title of the known defect if it is one. */
export interface CheckFinding extends WrittenFinding {
  readonly catalogue: KnownDefect['catalogue'] | null;
  readonly title: string | null;
  /** Whether the tracker is known to have this defect. */
  readonly known: boolean;
}

export interface CheckResult extends Omit<ScenarioRounds, 'findings'> {
  readonly findings: readonly CheckFinding[];
}

const STEPS_MAX = 100_000;
const MINIMISE_SECONDS = 5;
/**
 * Executions of a scenario that is only searched. A fixed number gives the same result on every
 * machine.
 */
const EXECUTIONS = 4_000;

/**
 * Explores scenarios one after the other, until an interruption, or until `stopAtUnknown`.
 *
 * @param documentOf the JSON document of the results so far, with the report of a scenario that was
 *   ended from outside; undefined: text is printed then.
 */
export async function* checkScenarios(
  scenarios: readonly BuiltInScenario[],
  options: CheckOptions,
  documentOf: ((results: readonly CheckResult[]) => unknown) | undefined,
): AsyncGenerator<CheckResult> {
  const results: CheckResult[] = [];
  for (const scenario of scenarios) {
    progress(`${scenario.spec.name} …`);
    const ended = (report: ExploreReport) => ({ rounds: [{ report, ignored: [] }], findings: [], differences: [] });
    // Where it works otherwise in one scenario, it does in others: that is said once.
    const differs = results.some(({ differences }) => differences.length > 0);
    const result = await guardScenario(
      scenario.spec.name,
      { ...checkSettings(scenario, options), directory: options.dir },
      documentOf && ((report) => documentOf([...results, ended(report)])),
      () => checkScenario(scenario, options, differs),
    );
    progress('');
    results.push(result);
    yield result;
    if (isStopRequested() || (options.stopAtUnknown && result.findings.some(isUnknown))) return;
  }
}

export const isUnknown = ({ known }: CheckFinding): boolean => !known;
export const lastReport = ({ rounds }: CheckResult): ExploreReport => rounds[rounds.length - 1].report;
/** The report of the last round, with the findings of all. */
export const verdictOf = (result: CheckResult): ExploreReport => ({ ...lastReport(result), findings: result.findings });
/** How a scenario is explored: one that is small enough is proved. */
export function checkSettings(
  scenario: BuiltInScenario,
  {
    memoryModel,
    tearing,
    seed,
    seconds,
    memory,
  }: Pick<CheckOptions, 'memoryModel' | 'tearing' | 'seed' | 'seconds' | 'memory'>,
): Omit<ExploreOptions, 'directory'> {
  const isProof = defaultModeFor(scenario, memoryModel) === 'prove';
  return {
    scheduler: isProof ? 'exhaustive' : 'portfolio',
    reduction: 'states',
    workers: 1,
    ...{ memoryModel, tearing, seed },
    depth: 3,
    limits: { executions: isProof ? Infinity : EXECUTIONS, seconds, bytes: memory * 2 ** 20 },
    stepsMax: STEPS_MAX,
    minimiseSeconds: MINIMISE_SECONDS,
  };
}

/** @param differs whether it is known that the tracker works otherwise than is expected of it. */
async function checkScenario(scenario: BuiltInScenario, options: CheckOptions, differs: boolean): Promise<CheckResult> {
  const { known = [], ofOtherVersions = [] } = scenario;
  const { conformance = [], ignore = [], unchecked = [] } = options;
  const ignored = [...known, ...ofOtherVersions]
    .filter(({ catalogue }) => ignore.includes(catalogue))
    .flatMap(({ properties }) => properties)
    .concat(differs ? conformance : unchecked);
  const settings = { ...checkSettings(scenario, options), directory: options.dir };
  const result = await exploreInRounds(scenario.spec, settings, { conformance, ignored });
  const findings = result.findings.map((finding): CheckFinding => {
    const own = knownAs(finding, known);
    const catalogue = own ?? knownAs(finding, ofOtherVersions);
    return { ...finding, catalogue, title: catalogue && knownDefects[catalogue], known: own !== null };
  });
  return { ...result, findings };
}
