import { Command, Option } from 'commander';
import { modeUnder } from '../../scenario/builtin.ts';
import { catalogue } from '../../scenario/catalogue.ts';
import { checksOf } from '../../scenario/checks.ts';
import { type ExploreReport, exploreScenario, type WrittenFinding } from '../../scenario/explore.ts';
import type { Machine } from '../../scenario/run.ts';
import { SCHEMA } from '../../scenario/spec.ts';
import { type Known, knownAs } from '../../scenario/trackers/scenario.ts';
import type { TrackerName } from '../../trackers/make.ts';
import { canaryNamed, canaryOption, runsAsCanary } from '../canary.ts';
import { STATUS } from '../errors.ts';
import { printFinding } from '../finding.ts';
import {
  directoryOption,
  jsonOption,
  memoryModelOption,
  quietOption,
  type SharedOptions,
  seconds,
  seedOption,
  tearingOption,
  trackerOption,
} from '../options.ts';
import { plural, print, printJson, progress } from '../output.ts';
import { reportLine } from './explore.ts';

interface Options extends SharedOptions, Machine {
  readonly tracker: TrackerName;
  readonly seconds: number;
  readonly dir: string;
  readonly canary?: string;
}

/** A finding, and what history knows it as; null: it does not. */
interface CheckFinding extends WrittenFinding {
  readonly catalogue: Known['catalogue'] | null;
  readonly title: string | null;
}

function numbered(finding: WrittenFinding, known: readonly Known[] | undefined): CheckFinding {
  const number = knownAs(finding, known);
  return { ...finding, catalogue: number, title: number && catalogue[number] };
}

/** The tracker and the memory model that a canary shows in, where no other was asked for: elsewhere nothing would be found. */
function ofCanary(name: string | undefined, command: Command): Partial<Pick<Options, 'tracker' | 'memoryModel'>> {
  if (name === undefined) return {};
  const { tracker, memoryModel } = canaryNamed(name);
  const isAsked = (option: string): boolean => command.getOptionValueSource(option) !== 'default';
  return { ...(!isAsked('tracker') && { tracker }), ...(!isAsked('memoryModel') && { memoryModel }) };
}

const named = { sc: 'sequential consistency', tso: 'the memory model tso', weak: 'the memory model weak' };

const STEPS_MAX = 100_000;
/** Schedules drawn for each scenario that is hunted: the same number on every machine, however fast. */
const EXECUTIONS = 4_000;

export const checkCommand = (): Command =>
  new Command('check')
    .description('the main job: every scenario of a tracker, proved where it is small enough, searched where it is not')
    .addOption(trackerOption())
    .addOption(
      new Option('--seconds <n>', 'the most that one scenario may take').default(60).argParser(seconds('seconds')),
    )
    .addOption(memoryModelOption())
    .addOption(tearingOption())
    .addOption(canaryOption())
    .addOption(directoryOption())
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gfnring check\n  gfnring check --tracker dirty-ring@6.17\n  gfnring check --json > report.json',
    )
    .action(async (given: Options, command: Command) => {
      const options = { ...given, ...ofCanary(given.canary, command) };
      if (runsAsCanary(options.canary)) return;
      const start = performance.now();
      const checks = checksOf(options.tracker);
      const width = Math.max(...checks.map(({ spec }) => spec.name.length));
      const reports: ExploreReport[] = [];
      const findings: CheckFinding[] = [];
      for (const builtIn of checks) {
        const { spec, known } = builtIn;
        const mode = modeUnder(builtIn, options.memoryModel);
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
          canary: options.canary,
        });
        progress('');
        reports.push(report);
        const found = report.findings.map((finding) => numbered(finding, known));
        findings.push(...found);
        if (options.json) continue;
        if (!options.quiet || found.length > 0) print(reportLine(report, width));
        if (found.length > 0) print();
        for (const finding of found) {
          await printFinding(finding);
          if (finding.catalogue !== null) print(`  known as ${finding.catalogue}: ${finding.title}\n`);
        }
        // What is known does not hide what is not; what is not known is to be looked at first.
        if (found.some((finding) => finding.catalogue === null)) break;
      }
      const proved = reports.filter((report) => report.exhausted).length;
      const red = reports.find((report) => report.findings.length > 0);
      const outcome = red ? red.outcome : proved === checks.length ? 'passed' : 'limit';
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
      process.exitCode = findings.length > 0 ? STATUS.findings : STATUS.nothingFound;
    });
