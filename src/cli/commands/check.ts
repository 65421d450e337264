import { Command, Option } from 'commander';
import { builtIns, modeUnder } from '../../scenario/builtin.ts';
import { type ExploreReport, exploreScenario } from '../../scenario/explore.ts';
import type { Machine } from '../../scenario/run.ts';
import { SCHEMA } from '../../scenario/spec.ts';
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
} from '../options.ts';
import { plural, print, printJson, progress } from '../output.ts';
import { reportLine } from './explore.ts';

interface Options extends SharedOptions, Machine {
  readonly seconds: number;
  readonly dir: string;
}

const named = { sc: 'sequential consistency', tso: 'the memory model tso', weak: 'the memory model weak' };

const STEPS_MAX = 100_000;
/** Schedules drawn for each scenario that is hunted: the same number on every machine, however fast. */
const EXECUTIONS = 4_000;

export const checkCommand = (): Command =>
  new Command('check')
    .description('the main job: every built-in scenario, proved where it is small enough, searched where it is not')
    .addOption(
      new Option('--seconds <n>', 'the most that one scenario may take').default(60).argParser(seconds('seconds')),
    )
    .addOption(memoryModelOption())
    .addOption(tearingOption())
    .addOption(directoryOption())
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', '\nExamples:\n  gfnring check\n  gfnring check --json > report.json')
    .action(async (options: Options) => {
      const start = performance.now();
      const reports: ExploreReport[] = [];
      for (const builtIn of builtIns) {
        const { spec } = builtIn;
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
        });
        progress('');
        reports.push(report);
        if (options.json) continue;
        if (!options.quiet || report.findings.length > 0) print(reportLine(report));
        if (report.findings.length > 0) print();
        for (const finding of report.findings) await printFinding(finding);
        if (report.findings.length > 0) break;
      }
      const findings = reports.flatMap((report) => report.findings);
      const proved = reports.filter((report) => report.exhausted).length;
      const red = reports.find((report) => report.findings.length > 0);
      const outcome = red ? red.outcome : proved === builtIns.length ? 'passed' : 'limit';
      const took = (performance.now() - start) / 1000;
      if (options.json) {
        const { memoryModel, tearing, seed } = options;
        printJson({ schema: SCHEMA, outcome, memoryModel, tearing, seed, seconds: took, scenarios: reports, findings });
      } else if (findings.length === 0 && !options.quiet) {
        print();
        print(
          `${plural(proved, 'scenario')} proved: every interleaving under ${named[options.memoryModel]}, with the values they name.`,
        );
        print(
          `${plural(builtIns.length - proved, 'scenario')} searched with seed ${options.seed}: nothing found, nothing proved. ${took.toFixed(0)} s in all.`,
        );
      }
      process.exitCode = findings.length > 0 ? STATUS.findings : STATUS.nothingFound;
    });
