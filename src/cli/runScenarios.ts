import { SCHEMA } from '../input/schema.ts';
import { plural } from '../report/format.ts';
import type { MemoryConfig } from '../run/createRun.ts';
import { type ExploreReport, exploreScenario, type WrittenFinding } from '../run/exploreScenario.ts';
import { knownAs, knownDefects } from '../scenario/knownDefects.ts';
import type { TrackerName } from '../trackers/interface/names.ts';
import { type BuiltInScenario, defaultModeFor, type KnownDefect } from '../vm/builtInScenario.ts';
import { STATUS } from './errors.ts';
import type { SharedOptions } from './options.ts';
import { print, printJson, progress } from './output.ts';
import { printFinding } from './printFinding.ts';
import { reportNotes, scenarioResultLine } from './scenarioResultLine.ts';

export interface CheckOptions extends SharedOptions, MemoryConfig {
  readonly tracker: TrackerName;
  readonly seconds: number;
  readonly dir: string;
  /** Whether traces have the lines that their accesses come from. */
  readonly lines?: boolean;
  /** Whether what history knows of the subject leaves the status at 0. */
  readonly acceptKnown?: boolean;
}

/** A finding, and what history knows it as; null: it does not. */
interface CheckFinding extends WrittenFinding {
  readonly catalogue: KnownDefect['catalogue'] | null;
  readonly title: string | null;
}

function numbered(finding: WrittenFinding, known: readonly KnownDefect[] | undefined): CheckFinding {
  const number = knownAs(finding, known);
  return { ...finding, catalogue: number, title: number && knownDefects[number] };
}

const named = { sc: 'sequential consistency', tso: 'the memory model tso', weak: 'the memory model weak' };

const STEPS_MAX = 100_000;
/** Schedules drawn for each scenario that is hunted: the same number on every machine, however fast. */
const EXECUTIONS = 4_000;

/**
 * Proves or searches scenarios one after the other, prints what comes of each, and sets the exit status. Stops at the first that shows what history does not know.
 *
 * @param more goes into the JSON document beside the rest.
 */
export async function runScenarios(
  checks: readonly BuiltInScenario[],
  options: CheckOptions,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const start = performance.now();
  const width = Math.max(...checks.map(({ spec }) => spec.name.length));
  const reports: ExploreReport[] = [];
  const findings: CheckFinding[] = [];
  for (const builtIn of checks) {
    const { spec, known } = builtIn;
    const mode = defaultModeFor(builtIn, options.memoryModel);
    progress(`${spec.name} …`);
    const limits = {
      executions: mode === 'prove' ? Infinity : EXECUTIONS,
      seconds: options.seconds,
      bytes: 2 ** 31,
    };
    const report = await exploreScenario(spec, {
      scheduler: mode === 'prove' ? 'exhaustive' : 'portfolio',
      reduction: 'states',
      workers: 1,
      memoryModel: options.memoryModel,
      tearing: options.tearing,
      seed: options.seed,
      depth: 3,
      limits,
      stepsMax: STEPS_MAX,
      minimiseSeconds: 5,
      directory: options.dir,
    });
    progress('');
    reports.push(report);
    const found = report.findings.map((finding) => numbered(finding, known));
    findings.push(...found);
    if (!options.json) await printReport(report, found, width, options);
    // What is known does not hide what is not; what is not known is to be looked at first.
    if (found.some((finding) => finding.catalogue === null)) break;
  }
  const proved = reports.filter((report) => report.exhausted).length;
  const unknown = findings.filter(({ catalogue: number }) => number === null);
  const first = reports.find((report) => report.findings.length > 0);
  const outcome = first ? first.outcome : proved === checks.length ? 'passed' : 'limit';
  const took = (performance.now() - start) / 1000;
  if (options.json) {
    const { tracker, memoryModel, tearing, seed } = options;
    printJson({
      schema: SCHEMA,
      outcome,
      tracker,
      memoryModel,
      tearing,
      seed,
      seconds: took,
      scenarios: reports,
      findings,
      ...more,
    });
  } else if (findings.length === 0 && !options.quiet) {
    print();
    print(
      `${plural(proved, 'scenario')} proved: every interleaving under ${named[options.memoryModel]}, with the values they name.`,
    );
    print(
      `${plural(checks.length - proved, 'scenario')} searched with seed ${options.seed}: nothing found, nothing proved. ${took.toFixed(0)} s in all.`,
    );
  }
  const red = options.acceptKnown ? unknown : findings;
  if (options.acceptKnown && !options.json && findings.length > 0)
    print(
      unknown.length > 0
        ? `${plural(unknown.length, 'finding')} that history does not know`
        : `${plural(findings.length, 'finding')}, all of them known of ${options.tracker}; ${plural(proved, 'scenario')} proved`,
    );
  process.exitCode = red.length > 0 ? STATUS.findings : STATUS.nothingFound;
}

async function printReport(
  report: ExploreReport,
  found: readonly CheckFinding[],
  width: number,
  { quiet, lines }: CheckOptions,
): Promise<void> {
  if (!quiet || found.length > 0)
    for (const line of [scenarioResultLine(report, width), ...reportNotes(report)]) print(line);
  if (found.length > 0) print();
  for (const finding of found) await printFinding(finding, lines);
}
