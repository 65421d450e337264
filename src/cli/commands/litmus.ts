import { join } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { readInput } from '../../files/readInput.ts';
import { isBadInput } from '../../input/badInput.ts';
import { SCHEMA } from '../../input/schema.ts';
import { litmusFiles } from '../../litmus/files.ts';
import { compareVerdict, type LitmusModel, litmusModels, type TestReport } from '../../litmus/report.ts';
import { isStopRequested } from '../../process/stopRequest.ts';
import { plural } from '../../report/format.ts';
import { defineCommand } from '../defineCommand.ts';
import { UsageError } from '../errors.ts';
import { jsonOption, memoryModelArgument, quietOption, secondsArgument } from '../options.ts';
import { print, printJson } from '../output.ts';
import { statusOfLitmus } from '../verdictStatus.ts';

interface Options {
  readonly memoryModel: LitmusModel;
  readonly seconds: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const litmusCommand = (): Command =>
  defineCommand({
    name: 'litmus',
    description: "decide litmus tests of the Linux kernel and compare with the verdicts of the kernel's memory model",
    args: [new Argument('<path>', 'a .litmus file, a folder of them, or a kernel tree')],
    options: [
      new Option('--memory-model <model>', 'lkmm: the axioms of the Linux kernel; others: by exploration')
        .choices(litmusModels)
        .default('lkmm')
        .argParser(memoryModelArgument(litmusModels)),
      new Option('--seconds <n>', 'time limit for each test').default(10).argParser(secondsArgument('seconds')),
      jsonOption(),
      quietOption(),
    ],
    note: 'Exit status: 1 if a disagreement is not explained, 2 if no test is read, 4 if a test is not decided.',
    examples: {
      'litmus ~/linux': 'the tests of a kernel tree, by the axioms of its memory model',
      'litmus ~/linux --memory-model tso --quiet': 'under x86; only unexplained disagreements',
      'litmus MP+poonceonces.litmus --json': 'one test, as JSON',
    },
    action: decide,
  });

function decide(path: string, { memoryModel, seconds, json, quiet }: Options): void {
  const { folder, files } = litmusFiles(path);
  const width = Math.min(60, Math.max(...files.map((file) => file.length)));
  const reports: (TestReport & { readonly file: string })[] = [];
  for (const file of files) {
    if (isStopRequested()) break;
    const report = decideFile(join(folder, file), memoryModel, seconds);
    const isNews = report.outcome !== 'unread' || folder !== '';
    if (!json && isNews && (!quiet || report.outcome === 'unexplained')) print(formatTest(file.padEnd(width), report));
    reports.push({ file, ...report });
  }
  const [only] = reports;
  if (folder === '' && only?.outcome === 'unread')
    throw new UsageError(`${only.file}: not read: ${only.reasons.join('; ')}`);
  const counts = countOutcomes(reports);
  if (json) printJson({ schema: SCHEMA, memoryModel, folder, counts, tests: reports });
  else if (!quiet) print(formatCounts(memoryModel, reports.length, counts));
  if (counts.unread === files.length) throw new UsageError(`no test in ${folder} is read`);
  process.exitCode = statusOfLitmus(reports.map(({ outcome }) => outcome));
}

function decideFile(file: string, model: LitmusModel, seconds: number): TestReport {
  let text: string;
  try {
    text = readInput(file, { what: 'litmus test', bytesMax: 2 ** 20 });
  } catch (error) {
    if (!isBadInput(error)) throw error;
    return { outcome: 'unread', stated: null, verdict: null, reasons: [error.message], states: 0 };
  }
  return compareVerdict(text, model, seconds);
}

function formatTest(name: string, { outcome, stated, verdict, reasons }: TestReport): string {
  const difference = `${stated} in the test, ${verdict} here`;
  switch (outcome) {
    case 'agree':
      return `✓ ${name}  agree: ${verdict}`;
    case 'explained':
      return `≠ ${name}  disagree: ${difference}: ${reasons.join('; ')}`;
    case 'unexplained':
      return `✗ ${name}  disagree: ${difference}, not explained`;
    case 'unstated':
      return `- ${name}  ${verdict}; the test states no verdict`;
    case 'undecided':
      return `- ${name}  not decided: ${reasons.join('; ')}`;
    case 'unread':
      return `- ${name}  not read: ${reasons.join('; ')}`;
    default:
      return outcome satisfies never;
  }
}

type Counts = Record<TestReport['outcome'], number>;

function countOutcomes(reports: readonly TestReport[]): Counts {
  const counts: Counts = { agree: 0, explained: 0, unexplained: 0, unstated: 0, undecided: 0, unread: 0 };
  for (const { outcome } of reports) counts[outcome]++;
  return counts;
}

function formatCounts(model: LitmusModel, tests: number, counts: Counts): string {
  const { agree, explained, unexplained, unstated, undecided, unread } = counts;
  const disagree = explained + unexplained;
  const explanation = unexplained === 0 ? 'all explained' : `${unexplained} unexplained`;
  return [
    `${plural(tests, 'test')} under ${model}: ${agree} agree`,
    `${disagree} disagree${disagree === 0 ? '' : ` (${explanation})`}`,
    `${unread} not read`,
    ...(undecided === 0 ? [] : [`${undecided} not decided`]),
    ...(unstated === 0 ? [] : [`${unstated} without a stated verdict`]),
  ].join(', ');
}
