import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { MemoryModelName } from '../../explore/memoryModels/registry.ts';
import { SCHEMA } from '../../input/schema.ts';
import { litmusFiles } from '../../litmus/files.ts';
import { compareVerdict, type TestReport } from '../../litmus/report.ts';
import { plural } from '../../report/format.ts';
import { STATUS } from '../errors.ts';
import { examples } from '../examples.ts';
import { jsonOption, memoryModelOption, quietOption, seconds } from '../options.ts';
import { print, printJson } from '../output.ts';

interface Options {
  readonly memoryModel: MemoryModelName;
  readonly seconds: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const litmusCommand = (): Command =>
  new Command('litmus')
    .description("decide litmus tests of the Linux kernel, and compare with the kernel's own memory model")
    .argument('<path>', 'a .litmus file, a folder of them, or a kernel tree')
    .addOption(memoryModelOption().default('weak'))
    .addOption(
      new Option('--seconds <n>', 'give a test up after so many seconds').default(10).argParser(seconds('seconds')),
    )
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', '\nExit status: 1 where nothing explains a disagreement.')
    .addHelpText(
      'after',
      examples({
        'litmus ~/linux': "the tests of a kernel tree, under the kernel's kind of memory",
        'litmus ~/linux --memory-model tso --quiet': 'under that of x86; only what nothing explains',
        'litmus MP+poonceonces.litmus --json': 'one test, as a document',
      }),
    )
    .action((path: string, { memoryModel, seconds, json, quiet }: Options) => {
      const { folder, files } = litmusFiles(path);
      const width = Math.min(60, Math.max(...files.map((file) => file.length)));
      const reports = files.map((file) => {
        const report = reportOf(join(folder, file), memoryModel, seconds);
        if (!json && (!quiet || report.outcome === 'unexplained')) print(lineOf(file.padEnd(width), report));
        return { file, ...report };
      });
      const counts = countsOf(reports);
      if (json) printJson({ schema: SCHEMA, memoryModel, folder, counts, tests: reports });
      else if (!quiet) print(summary(memoryModel, reports.length, counts));
      process.exitCode = counts.unexplained > 0 ? STATUS.findings : STATUS.nothingFound;
    });

function reportOf(file: string, model: MemoryModelName, seconds: number): TestReport {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reasons = [(error as NodeJS.ErrnoException).code ?? String(error)];
    return { outcome: 'unread', stated: null, verdict: null, reasons, states: 0 };
  }
  return compareVerdict(text, model, seconds);
}

function lineOf(name: string, { outcome, stated, verdict, reasons }: TestReport): string {
  const differs = `${stated} in the test, ${verdict} here`;
  switch (outcome) {
    case 'agree':
      return `✓ ${name}  agree: ${verdict}`;
    case 'explained':
      return `≠ ${name}  disagree: ${differs}: ${reasons.join('; ')}`;
    case 'unexplained':
      return `✗ ${name}  disagree: ${differs}, and nothing explains it`;
    case 'unstated':
      return `- ${name}  ${verdict}, and the test states nothing`;
    case 'undecided':
      return `- ${name}  not decided: ${reasons.join('; ')}`;
    default:
      return `- ${name}  not read: ${reasons.join('; ')}`;
  }
}

type Counts = Record<TestReport['outcome'], number>;

function countsOf(reports: readonly TestReport[]): Counts {
  const counts: Counts = { agree: 0, explained: 0, unexplained: 0, unstated: 0, undecided: 0, unread: 0 };
  for (const { outcome } of reports) counts[outcome]++;
  return counts;
}

function summary(model: MemoryModelName, all: number, counts: Counts): string {
  const { agree, explained, unexplained, unstated, undecided, unread } = counts;
  const disagree = explained + unexplained;
  return [
    `${plural(all, 'test')} under ${model}: ${agree} agree`,
    `${disagree} disagree${disagree === 0 ? '' : ` (${unexplained === 0 ? 'all explained' : `${unexplained} unexplained`})`}`,
    `${unread} not read`,
    ...(undecided === 0 ? [] : [`${undecided} not decided`]),
    ...(unstated === 0 ? [] : [`${unstated} that state nothing`]),
  ].join(', ');
}
