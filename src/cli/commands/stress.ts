import { Argument, Command, Option } from 'commander';
import { grouped, plural } from '../../report/format.ts';
import { resolveScenarioName } from '../../run/resolveScenarioName.ts';
import { type StressReport, stress } from '../../run/stress/stress.ts';
import { detailedScenarios } from '../../trackers/gfnRing/scenarios.ts';
import { scenarios, setCompletionValues } from '../completionValues.ts';
import { STATUS } from '../errors.ts';
import { examples } from '../examples.ts';
import { jsonOption, quietOption, seconds, wholeNumberArgument } from '../options.ts';
import { print, printJson } from '../output.ts';

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const stressCommand = (): Command =>
  new Command('stress')
    .description('free worker threads: records what calls return, and checks it against the model')
    .addArgument(
      setCompletionValues(
        new Argument('[scenarios...]', 'built-in names, or paths of modules or JSON files').default(['ring', 'vm']),
        scenarios,
      ),
    )
    .addOption(new Option('--seconds <n>', 'how long each scenario is run').default(5).argParser(seconds('seconds')))
    .addOption(
      new Option('--rounds <n>', 'stop after so many rounds')
        .default(Infinity, 'no limit')
        .argParser(wholeNumberArgument('rounds', 1)),
    )
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', `\nBuilt-in scenarios: ${detailedScenarios.map(({ spec }) => spec.name).join(', ')}`)
    .addHelpText(
      'after',
      examples({
        stress: 'the scenarios ring and vm, five seconds each',
        'stress ring --seconds 60': 'one for a minute',
        'stress ./examples/sb.mjs --rounds 1000': 'a module of your own, a thousand times',
      }),
    )
    .action(async (names: readonly string[], options: Options) => {
      const sources = await Promise.all(names.map(resolveScenarioName));
      const reports: StressReport[] = [];
      for (const [i, source] of sources.entries()) {
        const report = await stress(source, options);
        reports.push(report);
        if (options.json || (options.quiet && report.findings.length === 0)) continue;
        const { histories } = report;
        const checked = histories.ok + histories.illegal + histories.unknown;
        const how =
          checked > 0
            ? `${plural(checked, 'history', 'histories')} checked, ${grouped(histories.unknown)} undecided`
            : 'final memory checked';
        const mark = report.findings.length > 0 ? '✗' : report.rounds > 0 ? '✓' : '?';
        print(
          `${mark} ${report.scenario.padEnd(15)} ${plural(report.threads, 'thread')}, ${plural(report.rounds, 'round')}, ${plural(report.calls, 'call')}${report.blocked > 0 ? `, ${grouped(report.blocked)} blocked` : ''}; ${how}: ${report.outcome}`,
        );
        for (const finding of report.findings) {
          print(`  ${finding.property}: ${finding.message} (round ${finding.round})`);
          print(`  free threads do not repeat themselves; look for a schedule with: npx gfnring explore ${names[i]}`);
        }
      }
      if (options.json) printJson(reports.length === 1 ? reports[0] : { schema: 1, scenarios: reports });
      process.exitCode = statusOf(reports);
    });

function statusOf(reports: readonly StressReport[]): number {
  if (reports.some(({ findings }) => findings.length > 0)) return STATUS.findings;
  return reports.some(({ rounds }) => rounds === 0) ? STATUS.undecided : STATUS.nothingFound;
}
