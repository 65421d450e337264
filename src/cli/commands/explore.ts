import { Argument, type Command, Option } from 'commander';
import type { MemoryConfig } from '../../run/createRun.ts';
import type { ExploreReport } from '../../run/exploreReport.ts';
import { defaultReduction, type ExploreOptions, exploreScenario } from '../../run/exploreScenario.ts';
import { findingNamed, resolveScenarioName } from '../../run/resolveScenarioName.ts';
import { reductionNames, schedulerNames } from '../../run/search/searchSpec.ts';
import { scenarioNamesAndPaths, setCompletionValues } from '../completionValues.ts';
import { defineCommand } from '../defineCommand.ts';
import { UsageError } from '../errors.ts';
import { guardScenario } from '../guardScenario.ts';
import {
  directoryOption,
  givenMachineOptions,
  jsonOption,
  linesOption,
  memoryModelOption,
  memoryOption,
  quietOption,
  type SharedOptions,
  secondsArgument,
  seedOption,
  tearingOption,
  trustOption,
  wholeNumberArgument,
} from '../options.ts';
import { print, printJson } from '../output.ts';
import { printFinding, warnOfUnwritten } from '../printFinding.ts';
import { reportNotes, scenarioResultLine } from '../scenarioResultLine.ts';
import { statusOf } from '../verdictStatus.ts';

interface Options extends SharedOptions, MemoryConfig {
  readonly scheduler: ExploreOptions['scheduler'];
  readonly reduction?: ExploreOptions['reduction'];
  readonly preemptions?: number;
  readonly symmetry?: boolean;
  readonly workers: number;
  readonly depth: number;
  readonly executions: number;
  readonly memory: number;
  readonly steps: number;
  readonly seconds: number;
  readonly minimise: number;
  readonly iterations: number;
  readonly strict?: boolean;
  readonly dir: string;
  readonly lines?: boolean;
}

export const exploreCommand = (): Command =>
  defineCommand({
    name: 'explore',
    description: 'explore the interleavings of one scenario',
    args: [
      setCompletionValues(
        new Argument('[scenario]', 'a built-in name, or the path of a module (see the README), JSON file or finding'),
        scenarioNamesAndPaths,
      ),
    ],
    options: [
      new Option('--scheduler <name>', 'how schedules are chosen').choices([...schedulerNames]).default('portfolio'),
      memoryModelOption(),
      tearingOption(),
      ...exhaustiveOptions(),
      ...searchOptions(),
      ...limitOptions(),
      linesOption(),
      directoryOption(),
      seedOption(),
      jsonOption(),
      trustOption(),
      quietOption(),
      new Option('--watch', 'explore again when the module changes, or a file that it imports'),
    ],
    examples: {
      'explore ring --scheduler exhaustive': 'every interleaving of a built-in scenario',
      'explore ./examples/publish.mjs --memory-model rc11 --lines': 'a module of your own, on weak memory',
      'explore vm --seconds 60 --seed 7': 'random schedules for a minute',
      'explore ./examples/lost-update.mjs --watch': 'again at each change',
    },
    action: explore,
  });

const exhaustiveOptions = (): Option[] => [
  new Option('--reduction <name>', 'exhaustive: which equivalent executions are skipped')
    .choices([...reductionNames])
    .default(undefined, 'states'),
  new Option('--preemptions <n>', 'exhaustive: only executions with at most this many preemptions').argParser(
    wholeNumberArgument('preemptions', 0, 1000),
  ),
  new Option(
    '--symmetry',
    'states: actors with the same operations are interchangeable; no property may distinguish them',
  ),
  new Option('--iterations <n>', 'exhaustive: at most this many iterations of a loop whose state never repeats')
    .default(Infinity, 'no bound')
    .argParser(wholeNumberArgument('iterations', 1, 1_000_000)),
  new Option('--strict', 'a verdict may rest on no assumption about loops: see docs/how-we-know.md'),
];

const searchOptions = (): Option[] => [
  new Option('--workers <n>', 'worker threads; the result is the same; the search of states uses one')
    .default(1)
    .argParser(wholeNumberArgument('workers', 1, 256)),
  new Option('--depth <n>', 'pct: depth of the bugs to find')
    .default(3)
    .argParser(wholeNumberArgument('depth', 1, 100)),
];

const limitOptions = (): Option[] => [
  new Option('--executions <n>', 'stop after this many executions')
    .default(Infinity, 'no limit')
    .argParser(wholeNumberArgument('executions', 1)),
  new Option('--steps <n>', 'step limit of one execution')
    .default(100_000)
    .argParser(wholeNumberArgument('steps', 1, 10_000_000)),
  new Option('--seconds <n>', 'stop after this many seconds').default(10).argParser(secondsArgument('seconds')),
  memoryOption(),
  new Option('--minimise <seconds>', 'time to minimise a finding; 0 leaves it as it was found')
    .default(5)
    .argParser(secondsArgument('minimise', 'from 0')),
];

async function explore(name: string | undefined, options: Options, command: Command): Promise<void> {
  if (name === undefined) throw new UsageError("name a scenario: 'gfnring list' shows the built-in ones");
  const request = toRequest(options, machineFor(name, options, command));
  const report = await guardScenario(name, request, options.json ? (report) => report : undefined, async () =>
    exploreScenario(await resolveScenarioName(name), request),
  );
  if (options.json) printJson(report);
  else await printReport(report, options);
  warnOfUnwritten(report.findings);
  process.exitCode = statusOf(report);
}

function toRequest(options: Options, machine: MemoryConfig): ExploreOptions {
  refuseUselessOptions(options);
  const {
    scheduler,
    reduction = defaultReduction(machine.memoryModel),
    preemptions,
    symmetry,
    workers,
    seed,
    depth,
  } = options;
  return {
    ...machine,
    ...{ scheduler, reduction, workers, seed, depth },
    ...(preemptions !== undefined && { preemptions }),
    ...(symmetry && { symmetry }),
    limits: { executions: options.executions, seconds: options.seconds, bytes: options.memory * 2 ** 20 },
    stepsMax: options.steps,
    loopRules: { iterationsMax: options.iterations, byComparison: options.strict !== true },
    minimiseSeconds: options.minimise,
    directory: options.dir,
  };
}

/** A finding is explored on its own machine, unless the user gives options of the machine. */
function machineFor(name: string, options: Options, command: Command): MemoryConfig {
  const finding = givenMachineOptions(command).length === 0 ? findingNamed(name) : undefined;
  const { memoryModel, tearing } = finding ?? options;
  return { memoryModel, tearing };
}

/** Throws `UsageError` for an option that has no effect on the chosen search. */
function refuseUselessOptions({ scheduler, reduction, preemptions, symmetry }: Options): void {
  const exhaustive = scheduler === 'exhaustive';
  const states = exhaustive && (reduction ?? 'states') === 'states';
  if (!exhaustive && reduction !== undefined) throw new UsageError('--reduction needs --scheduler exhaustive');
  if (!exhaustive && preemptions !== undefined) throw new UsageError('--preemptions needs --scheduler exhaustive');
  if (!states && symmetry) throw new UsageError('--symmetry needs --scheduler exhaustive --reduction states');
}

async function printReport(report: ExploreReport, { quiet, lines }: Options): Promise<void> {
  if (!quiet || report.findings.length > 0)
    for (const line of [scenarioResultLine(report), ...reportNotes(report)]) print(line);
  if (report.findings.length > 0) print();
  for (const finding of report.findings) await printFinding(finding, lines);
}
