import { memoryModels } from '../explore/memoryModels/registry.ts';
import { SCHEMA } from '../input/schema.ts';
import { isStopRequested } from '../process/stopRequest.ts';
import { plural } from '../report/format.ts';
import type { MemoryConfig } from '../run/createRun.ts';
import type { ExploreReport, WrittenFinding } from '../run/exploreReport.ts';
import type { ExploreOptions } from '../run/exploreScenario.ts';
import { knownAs, knownDefects } from '../scenario/knownDefects.ts';
import { type BuiltInScenario, defaultModeFor, type KnownDefect } from '../vm/builtInScenario.ts';
import { guardScenario } from './guardScenario.ts';
import type { SharedOptions } from './options.ts';
import { print, printJson, progress } from './output.ts';
import { printFinding, warnOfUnwritten } from './printFinding.ts';
import { reportNotes, scenarioResultLine } from './scenarioResultLine.ts';
import { exploreInRounds, type ScenarioRounds } from './scenarioRounds.ts';
import { STATUS } from './status.ts';
import { statusOf, statusOfCheck } from './verdictStatus.ts';

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
}

/** A finding, with the number and title of the known defect if it is one. */
interface CheckFinding extends WrittenFinding {
  readonly catalogue: KnownDefect['catalogue'] | null;
  readonly title: string | null;
  /** Whether the tracker is known to have this defect. */
  readonly known: boolean;
}

interface CheckResult extends Omit<ScenarioRounds, 'findings'> {
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
 * Proves or searches scenarios one after the other, prints the results, and sets the exit status.
 *
 * @param more further fields of the JSON document.
 */
export async function runScenarios(
  scenarios: readonly BuiltInScenario[],
  options: CheckOptions,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const start = performance.now();
  const width = Math.max(...scenarios.map(({ spec }) => spec.name.length));
  const results: CheckResult[] = [];
  const secondsSoFar = (): number => (performance.now() - start) / 1000;
  const documentOf = (of: readonly CheckResult[]): unknown =>
    checkDocument(of, scenarios.length, secondsSoFar(), options, more);
  for (const scenario of scenarios) {
    progress(`${scenario.spec.name} …`);
    const result = await guardScenario(
      scenario.spec.name,
      { ...checkSettings(scenario, options), directory: options.dir },
      options.json
        ? (report) => documentOf([...results, { rounds: [{ report, ignored: [] }], findings: [], differences: [] }])
        : undefined,
      // Where it works otherwise in one scenario, it does in others: that is said once.
      () =>
        checkScenario(
          scenario,
          options,
          results.some(({ differences }) => differences.length > 0),
        ),
    );
    progress('');
    results.push(result);
    if (!options.json) await printResult(result, width, options);
    warnOfUnwritten(result.findings);
    if (isStopRequested()) break;
  }
  if (options.json) printJson(documentOf(results));
  else printTotals(results, secondsSoFar(), options);
  if (!options.json && isStopRequested()) printInterrupted(scenarios, results.length);
  process.exitCode = statusOfCheck(
    results.map((result) => ({ report: verdictOf(result), accepted: isAccepted(result.findings, options) })),
  );
}

function printInterrupted(scenarios: readonly BuiltInScenario[], run: number): void {
  const names = scenarios.slice(run).map(({ spec }) => spec.name);
  print(`interrupted after ${run} of ${plural(scenarios.length, 'scenario')}`);
  if (names.length > 0) print(`not run: ${names.join(', ')}`);
}

const isUnknown = ({ known }: CheckFinding): boolean => !known;
const lastReport = ({ rounds }: CheckResult): ExploreReport => rounds[rounds.length - 1].report;
/** The report of the last round, with the findings of all. */
const verdictOf = (result: CheckResult): ExploreReport => ({ ...lastReport(result), findings: result.findings });
/** Whether there are findings, and the user accepts all of them. */
const isAccepted = (findings: readonly CheckFinding[], { acceptKnown }: CheckOptions): boolean =>
  acceptKnown === true && findings.length > 0 && !findings.some(isUnknown);

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

async function printResult(result: CheckResult, width: number, options: CheckOptions): Promise<void> {
  const { rounds, findings, differences } = result;
  for (const { report, ignored } of rounds) {
    const [finding] = report.findings;
    if (options.quiet && finding === undefined) continue;
    const difference = differences.find((other) => other === finding);
    print(scenarioResultLine(report, width, difference && `differs from ${options.tracker}: ${difference.property}`));
    if (difference !== undefined) print(`  ${difference.message} (${difference.file ?? 'no file'})`);
    else for (const line of reportNotes(report)) print(line);
    if (finding === undefined && ignored.length > 0) print(`  not checked: ${notChecked(ignored, options)}`);
  }
  if (findings.length > 0) print();
  for (const finding of findings) await printFinding(finding, options.lines);
}

/** The properties that were not checked. Those of conformance are one. */
function notChecked(ignored: readonly string[], { conformance = [], tracker }: CheckOptions): string {
  const others = ignored.filter((property) => !conformance.includes(property));
  const all = others.length < ignored.length ? [...others, `whether it works as ${tracker}`] : others;
  return all.join('; ');
}

/** A scenario with findings is not proved, although its last round may be. */
const countProved = (results: readonly CheckResult[]): number =>
  results.filter((result) => result.findings.length === 0 && lastReport(result).exhausted).length;
const countUndecided = (results: readonly CheckResult[]): number =>
  results.filter((result) => statusOf(verdictOf(result)) === STATUS.undecided).length;

function checkDocument(
  results: readonly CheckResult[],
  scenarios: number,
  seconds: number,
  { tracker, memoryModel, tearing, seed }: CheckOptions,
  more: Readonly<Record<string, unknown>>,
): unknown {
  const findings = results.flatMap((result) => result.findings);
  const differences = results.flatMap((result) => result.differences);
  const rounds = results.flatMap((result) => result.rounds);
  const failed = rounds.find(({ report }) => report.findings.some((finding) => !differences.includes(finding)));
  const outcome = failed ? failed.report.outcome : countProved(results) === scenarios ? 'passed' : 'limit';
  return {
    schema: SCHEMA,
    outcome,
    ...{ tracker, memoryModel, tearing, seed, seconds },
    scenarios: rounds.map(({ report, ignored }) => ({ ...report, ignored })),
    findings,
    differences,
    ...more,
  };
}

function printTotals(
  results: readonly CheckResult[],
  seconds: number,
  { memoryModel, seed, quiet, acceptKnown, tracker }: CheckOptions,
): void {
  const [proved, undecided] = [countProved(results), countUndecided(results)];
  const undecidedText = undecided === 0 ? '' : `; ${plural(undecided, 'scenario')} undecided`;
  const findings = results.flatMap((result) => result.findings);
  const unknown = findings.filter(isUnknown).length;
  if (findings.length === 0 && !quiet) {
    const searched = plural(results.length - proved - undecided, 'scenario');
    print();
    print(
      `${plural(proved, 'scenario')} proved: every interleaving under ${memoryModels[memoryModel].machine}, with the values they name.`,
    );
    print(
      `${searched} searched with seed ${seed}: nothing found, nothing proved${undecidedText}. ${seconds.toFixed(0)} s in all.`,
    );
  }
  if (!acceptKnown || findings.length === 0) return;
  if (unknown > 0) print(`${plural(unknown, 'finding')} of no known defect`);
  else
    print(
      `${plural(findings.length, 'finding')}, all of known defects of ${tracker}; ${plural(proved, 'scenario')} proved${undecidedText}`,
    );
}
