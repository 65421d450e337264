import { memoryModels } from '../explore/memoryModels/registry.ts';
import { SCHEMA } from '../input/schema.ts';
import { isStopRequested } from '../process/stopRequest.ts';
import { plural } from '../report/format.ts';
import type { MemoryConfig } from '../run/createRun.ts';
import type { ExploreReport, WrittenFinding } from '../run/exploreReport.ts';
import { type ExploreOptions, exploreScenario } from '../run/exploreScenario.ts';
import { knownAs, knownDefects } from '../scenario/knownDefects.ts';
import { type BuiltInScenario, defaultModeFor, type KnownDefect } from '../vm/builtInScenario.ts';
import { guardScenario } from './guardScenario.ts';
import type { SharedOptions } from './options.ts';
import { print, printJson, progress } from './output.ts';
import { printFinding, warnOfUnwritten } from './printFinding.ts';
import { reportNotes, scenarioResultLine } from './scenarioResultLine.ts';
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
}

/** A finding, with the number and title of the known defect if it is one. */
interface CheckFinding extends WrittenFinding {
  readonly catalogue: KnownDefect['catalogue'] | null;
  readonly title: string | null;
}

interface CheckResult {
  readonly report: ExploreReport;
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
 * Stops after the first scenario with a finding that is no known defect.
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
      options.json ? (report) => documentOf([...results, { report, findings: [] }]) : undefined,
      () => checkScenario(scenario, options),
    );
    progress('');
    results.push(result);
    if (!options.json) await printResult(result, width, options);
    warnOfUnwritten(result.findings);
    // The user should look at an unknown defect first.
    if (result.findings.some(isUnknown) || isStopRequested()) break;
  }
  if (options.json) printJson(documentOf(results));
  else printTotals(results, secondsSoFar(), options);
  if (!options.json && isStopRequested())
    print(`interrupted after ${results.length} of ${plural(scenarios.length, 'scenario')}`);
  process.exitCode = statusOfCheck(
    results.map(({ report, findings }) => ({ report, accepted: isAccepted(findings, options) })),
  );
}

const isUnknown = ({ catalogue }: CheckFinding): boolean => catalogue === null;
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

async function checkScenario(scenario: BuiltInScenario, options: CheckOptions): Promise<CheckResult> {
  const report = await exploreScenario(scenario.spec, { ...checkSettings(scenario, options), directory: options.dir });
  const findings = report.findings.map((finding): CheckFinding => {
    const catalogue = knownAs(finding, scenario.known);
    return { ...finding, catalogue, title: catalogue && knownDefects[catalogue] };
  });
  return { report, findings };
}

async function printResult({ report, findings }: CheckResult, width: number, options: CheckOptions): Promise<void> {
  if (!options.quiet || findings.length > 0)
    for (const line of [scenarioResultLine(report, width), ...reportNotes(report)]) print(line);
  if (findings.length > 0) print();
  for (const finding of findings) await printFinding(finding, options.lines);
}

const countProved = (results: readonly CheckResult[]): number =>
  results.filter(({ report }) => report.exhausted).length;
const countUndecided = (results: readonly CheckResult[]): number =>
  results.filter(({ report }) => statusOf(report) === STATUS.undecided).length;

function checkDocument(
  results: readonly CheckResult[],
  scenarios: number,
  seconds: number,
  { tracker, memoryModel, tearing, seed }: CheckOptions,
  more: Readonly<Record<string, unknown>>,
): unknown {
  const reports = results.map(({ report }) => report);
  const failed = reports.find(({ findings }) => findings.length > 0);
  const outcome = failed ? failed.outcome : countProved(results) === scenarios ? 'passed' : 'limit';
  const findings = results.flatMap((result) => result.findings);
  return {
    schema: SCHEMA,
    outcome,
    ...{ tracker, memoryModel, tearing, seed, seconds },
    scenarios: reports,
    findings,
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
