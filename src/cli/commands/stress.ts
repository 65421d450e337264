import { Argument, type Command, Option } from 'commander';
import { shellQuote } from '../../input/shellQuote.ts';
import { runDueCallbacks } from '../../process/supervision.ts';
import { grouped, plural } from '../../report/format.ts';
import { resolveScenarioName } from '../../run/resolveScenarioName.ts';
import { type StressReport, stress } from '../../run/stress/stress.ts';
import { detailedScenarios } from '../../trackers/gfnRing/scenarios.ts';
import { scenarioNamesAndPaths, setCompletionValues } from '../completionValues.ts';
import { defineCommand } from '../defineCommand.ts';
import { guardLoad } from '../guardLoad.ts';
import { jsonOption, quietOption, secondsArgument, trustOption, wholeNumberArgument } from '../options.ts';
import { print, printJson } from '../output.ts';
import { STATUS } from '../status.ts';
import { statusOfStress } from '../verdictStatus.ts';

interface Options {
  readonly seconds: number;
  readonly runs: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const stressCommand = (): Command =>
  defineCommand({
    name: 'stress',
    description: 'run scenarios on free worker threads and check the recorded results against the model',
    args: [
      setCompletionValues(
        new Argument('[scenarios...]', 'built-in names, or paths of modules or JSON files').default(['ring', 'vm']),
        scenarioNamesAndPaths,
      ),
    ],
    options: [
      new Option('--seconds <n>', 'how long to run each scenario').default(5).argParser(secondsArgument('seconds')),
      new Option('--runs <n>', 'stop after this many runs')
        .default(Infinity, 'no limit')
        .argParser(wholeNumberArgument('runs', 1)),
      jsonOption(),
      trustOption(),
      quietOption(),
    ],
    note: `Built-in scenarios: ${detailedScenarios.map(({ spec }) => spec.name).join(', ')}`,
    examples: {
      stress: 'the scenarios ring and vm, five seconds each',
      'stress ring --seconds 60': 'one scenario for a minute',
      'stress ./examples/sb.mjs --runs 1000': 'a module of your own, a thousand times',
    },
    action: stressAll,
  });

async function stressAll(names: readonly string[], options: Options): Promise<void> {
  const sources = await guardLoad(options.seconds, () => Promise.all(names.map(resolveScenarioName)));
  const reports: StressReport[] = [];
  for (const [i, source] of sources.entries()) {
    const report = await stress(source, options);
    await runDueCallbacks();
    reports.push(report);
    if (!options.json && !(options.quiet && report.findings.length === 0)) printStress(report, names[i]);
  }
  if (options.json) printJson(reports.length === 1 ? reports[0] : { schema: 1, scenarios: reports });
  process.exitCode = statusOfStress(reports);
}

function printStress(report: StressReport, name: string): void {
  const { histories, threads, runs, calls, blocked, findings, running } = report;
  const checked = histories.ok + histories.illegal + histories.unknown;
  const how =
    checked > 0
      ? `${plural(checked, 'history', 'histories')} checked, ${grouped(histories.unknown)} undecided`
      : 'final memory checked';
  const status = statusOfStress([report]);
  const mark = status === STATUS.findings ? '✗' : status === STATUS.undecided ? '?' : '✓';
  const counts = [
    plural(threads, 'thread'),
    plural(runs, 'run'),
    plural(calls, 'call'),
    ...(blocked > 0 ? [`${grouped(blocked)} blocked`] : []),
  ];
  print(`${mark} ${report.scenario.padEnd(15)} ${counts.join(', ')}; ${how}: ${report.outcome}`);
  if (running !== undefined) print(`  ${running} had not returned when the time was over`);
  for (const { property, message, run } of findings) {
    print(`  ${property}: ${message} (run ${run})`);
    print(`  free threads are not reproducible; search for a schedule: npx gfnring explore ${shellQuote(name)}`);
  }
}
