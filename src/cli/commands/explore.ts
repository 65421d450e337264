import { Argument, Command, Option } from 'commander';
import type { MemoryConfig } from '../../run/createRun.ts';
import { type ExploreOptions, exploreScenario } from '../../run/exploreScenario.ts';
import { findingNamed, resolveScenarioName } from '../../run/resolveScenarioName.ts';
import { reductionNames, schedulerNames } from '../../run/search/searchSpec.ts';
import { scenarios, setCompletionValues } from '../completionValues.ts';
import { statusOf, UsageError } from '../errors.ts';
import { examples } from '../examples.ts';
import {
  directoryOption,
  explicitMemoryOptions,
  jsonOption,
  linesOption,
  memoryModelOption,
  quietOption,
  type SharedOptions,
  seconds,
  seedOption,
  tearingOption,
  wholeNumberArgument,
} from '../options.ts';
import { print, printJson } from '../output.ts';
import { printFinding } from '../printFinding.ts';
import { reportNotes, scenarioResultLine } from '../scenarioResultLine.ts';

interface Options extends SharedOptions, MemoryConfig {
  readonly scheduler: ExploreOptions['scheduler'];
  readonly reduction?: ExploreOptions['reduction'];
  readonly preemptions?: number;
  readonly symmetry?: boolean;
  readonly workers: number;
  readonly depth: number;
  readonly executions: number;
  readonly steps: number;
  readonly seconds: number;
  readonly minimise: number;
  readonly rounds: number;
  readonly strict?: boolean;
  readonly dir: string;
  readonly lines?: boolean;
}

export const exploreCommand = (): Command =>
  new Command('explore')
    .description('explore the interleavings of one scenario')
    .addArgument(
      setCompletionValues(
        new Argument(
          '[scenario]',
          'a built-in name, or the path of a module (see the README), of a JSON file or of a finding',
        ),
        scenarios,
      ),
    )
    .addOption(
      new Option('--scheduler <name>', 'what makes the choices').choices([...schedulerNames]).default('portfolio'),
    )
    .addOption(memoryModelOption())
    .addOption(tearingOption())
    .addOption(
      new Option('--reduction <name>', 'exhaustive: which executions may stand for others')
        .choices([...reductionNames])
        .default(undefined, 'states'),
    )
    .addOption(
      new Option('--preemptions <n>', 'exhaustive: only what so many preemptions lead to').argParser(
        wholeNumberArgument('preemptions', 0, 1000),
      ),
    )
    .addOption(
      new Option(
        '--symmetry',
        'states: actors with the same operations are interchangeable, and no property tells them apart',
      ),
    )
    .addOption(
      new Option('--workers <n>', 'threads that search together, with the same result; the search of states has one')
        .default(1)
        .argParser(wholeNumberArgument('workers', 1, 256)),
    )
    .addOption(
      new Option('--depth <n>', 'pct: depth of the bugs to find')
        .default(3)
        .argParser(wholeNumberArgument('depth', 1, 100)),
    )
    .addOption(
      new Option('--executions <n>', 'stop after so many executions')
        .default(Infinity, 'no limit')
        .argParser(wholeNumberArgument('executions', 1)),
    )
    .addOption(
      new Option('--steps <n>', 'steps of one execution, at most')
        .default(100_000)
        .argParser(wholeNumberArgument('steps', 1, 10_000_000)),
    )
    .addOption(new Option('--seconds <n>', 'stop after so many seconds').default(10).argParser(seconds('seconds')))
    .addOption(
      new Option('--minimise <seconds>', 'how long a finding may be made smaller; 0 leaves it as it was found')
        .default(5)
        .argParser(seconds('minimise', 'from 0')),
    )
    .addOption(
      new Option('--rounds <n>', 'exhaustive: explore up to so many iterations of a loop whose state never comes again')
        .default(Infinity, 'no bound')
        .argParser(wholeNumberArgument('rounds', 1, 1_000_000)),
    )
    .addOption(new Option('--strict', 'rest a verdict on nothing that is not known: see docs/how-we-know.md'))
    .addOption(linesOption())
    .addOption(directoryOption())
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      'after',
      examples({
        'explore ring --scheduler exhaustive': 'every interleaving of a built-in scenario',
        'explore ./examples/publish.mjs --memory-model weak --lines': 'a module of your own, on weak memory',
        'explore vm --seconds 60 --seed 7': 'schedules drawn for a minute',
      }),
    )
    .action(async (name: string | undefined, given: Options, command: Command) => {
      if (name === undefined) throw new UsageError("name a scenario: 'gfnring list' shows the built-in ones");
      const options = { ...given, ...machineOf(name, given, explicitMemoryOptions(command)) };
      refuse(options);
      const limits = { executions: options.executions, seconds: options.seconds, bytes: 2 ** 31 };
      const report = await exploreScenario(await resolveScenarioName(name), {
        ...options,
        reduction: options.reduction ?? 'states',
        limits,
        stepsMax: options.steps,
        loopRules: { iterationsMax: options.rounds, byComparison: options.strict !== true },
        minimiseSeconds: options.minimise,
        directory: options.dir,
      });
      if (options.json) printJson(report);
      else {
        if (!options.quiet || report.findings.length > 0)
          for (const line of [scenarioResultLine(report), ...reportNotes(report)]) print(line);
        if (report.findings.length > 0) print();
        for (const finding of report.findings) await printFinding(finding, options.lines);
      }
      process.exitCode = statusOf(report);
    });

/** The machine of a finding is the one that it was found on, unless options say otherwise. */
function machineOf(name: string, given: Options, asked: readonly string[]): MemoryConfig {
  const finding = findingNamed(name);
  const { memoryModel, tearing } = asked.length === 0 && finding !== undefined ? finding : given;
  return { memoryModel, tearing };
}

/** Options that say nothing about the search that was asked for. */
function refuse({ scheduler, reduction, preemptions, symmetry }: Options): void {
  const exhaustive = scheduler === 'exhaustive';
  const states = exhaustive && (reduction ?? 'states') === 'states';
  if (!exhaustive && reduction !== undefined) throw new UsageError('--reduction goes with --scheduler exhaustive');
  if (!exhaustive && preemptions !== undefined) throw new UsageError('--preemptions goes with --scheduler exhaustive');
  if (!states && symmetry) throw new UsageError('--symmetry goes with --scheduler exhaustive --reduction states');
}
