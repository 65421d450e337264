import type { MemoryConfig } from '../run/createRun.ts';
import type { WrittenFinding } from '../run/exploreReport.ts';
import type { ExploreOptions } from '../run/exploreScenario.ts';
import { knownAs, knownDefects } from '../scenario/knownDefects.ts';
import { type BuiltInScenario, defaultModeFor, type KnownDefect } from '../vm/builtInScenario.ts';
import type { SharedOptions } from './options.ts';
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
  /** Threads that explore scenarios. 1, the default: that of the command does. */
  readonly workers?: number;
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
const MINIMISE_SECONDS = 30;
/** This limit is reached first. It takes some seconds. */
const MINIMISE_STEPS = 1_500_000;
/**
 * Executions of a scenario that is only searched. A fixed number gives the same result on every
 * machine.
 */
const EXECUTIONS = 4_000;

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
    minimiseSteps: MINIMISE_STEPS,
  };
}

/**
 * Explores one scenario.
 *
 * @param differs whether it is known that the tracker works otherwise than is expected of it.
 */
export async function checkScenario(
  scenario: BuiltInScenario,
  options: CheckOptions,
  differs: boolean,
): Promise<CheckResult> {
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
