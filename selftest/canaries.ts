import { Argument, Command, Option } from 'commander';
import { setCompletionValues } from '#dist/cli/completionValues.js';
import { formatExamples } from '#dist/cli/defineCommand.js';
import { jsonOption, quietOption, seconds, seedOption, wholeNumberArgument } from '#dist/cli/options.js';
import { print, printJson, progress } from '#dist/cli/output.js';
import { STATUS } from '#dist/cli/status.js';
import { BadInput } from '#dist/input/badInput.js';
import { SCHEMA } from '#dist/input/schema.js';
import { plural } from '#dist/report/format.js';
import { canaryLine, falseAlarmLine, headLine, mistakeLine } from './canaryTable.ts';
import { type HarnessResult, runHarnessCanary, runUnpatched } from './harness/runs.ts';
import { mistakes } from './mistakes/index.ts';
import type { Mistake } from './mistakes/mistake.ts';
import type { Canary } from './subjects/canary.ts';
import { canaries } from './subjects/index.ts';
import {
  type CanaryResult,
  type Effort,
  nameOf,
  type ProofName,
  proofNames,
  runCanary,
  runUnmodified,
  type Unmodified,
} from './subjects/runs.ts';

interface Options {
  readonly seeds: number;
  readonly seed: number;
  readonly seconds: number;
  readonly workers: number;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** That a proof may take, in seconds. */
const PROOF_SECONDS = 10;

export const canariesCommand = (): Command =>
  new Command('canaries')
    .description('subjects with one known bug each: which are caught, by what, how fast and how often')
    .addArgument(
      setCompletionValues(new Argument('[names...]', 'those alone'), () => ({
        words: [...canaries, ...mistakes].map(({ name }) => name),
        paths: false,
      })),
    )
    .addOption(new Option('--list', 'name them, and run none'))
    .addOption(
      new Option('--seeds <n>', 'seeds of each scheduler').default(20).argParser(wholeNumberArgument('seeds', 1, 1000)),
    )
    .addOption(new Option('--seconds <n>', 'that one seed may take').default(5).argParser(seconds('seconds')))
    .addOption(
      new Option('--workers <n>', 'how many run at a time, each on a core of its own')
        .default(1)
        .argParser(wholeNumberArgument('workers', 1, 256)),
    )
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', '\nExit status: 1 where one is missed, or where something is found in a subject as it is.')
    .addHelpText(
      'after',
      formatExamples({
        'canaries --list': 'all that there are',
        'canaries no-mask no-flush --seeds 5': 'two of them, with five seeds of each scheduler',
        'canaries --workers 2 --json > canaries.json': 'all of them, two at a time',
      }),
    )
    .action(async (names: readonly string[], options: Options) => {
      const chosen = named(names);
      if (options.list) list(chosen, options.json === true);
      else await run(chosen, options);
    });

/** Bugs in subjects, and mistakes in the harness. */
interface Chosen {
  readonly subjects: readonly Canary[];
  readonly harness: readonly Mistake[];
}

function named(names: readonly string[]): Chosen {
  const all = new Set([...canaries, ...mistakes].map(({ name }) => name));
  const unknown = names.find((name) => !all.has(name));
  if (unknown !== undefined)
    throw new BadInput(`unknown canary ${unknown}: 'npm run canaries -- --list' has all names`);
  const isMeant = ({ name }: { readonly name: string }) => names.length === 0 || names.includes(name);
  return { subjects: canaries.filter(isMeant), harness: mistakes.filter(isMeant) };
}

function list({ subjects, harness }: Chosen, json: boolean): void {
  const rows = [
    ...subjects.map(({ name, tracker, source }) => [name, tracker, source]),
    ...harness.map(({ name, part }) => [name, 'the harness', part]),
  ];
  const widths = [0, 1].map((column) => widest(rows.map((row) => row[column])));
  if (json)
    printJson({
      schema: SCHEMA,
      canaries: subjects.map(({ scaffold, edits, ...of }) => of),
      harness: harness.map(({ edits, ...of }) => of),
    });
  else for (const row of rows) print(row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' '));
}

async function run({ subjects, harness }: Chosen, { json, quiet, workers, ...options }: Options): Promise<void> {
  const { seeds, seed, seconds } = options;
  const effort: Effort = { seeds, seed, seconds, proofSeconds: PROOF_SECONDS };
  const width = widest([...subjects, ...harness].map(({ name }) => name));
  const show = (isWrong: boolean, line: () => string): void => {
    if (!json && (isWrong || !quiet)) print(line());
  };
  const bare = scenariosOf(subjects);
  const unmodified = await inParallel(workers, 'unmodified', bare, async (canary) => {
    const result = await runUnmodified(canary, effort);
    if (isFalseAlarm(result)) show(true, () => falseAlarmLine(result));
    return result;
  });
  const byKey = new Map(bare.map((canary, i) => [keyOf(canary), unmodified[i]]));
  if (subjects.length > 0) show(false, () => headLine(width, seeds));
  const results = await inParallel(workers, 'canaries', subjects, async (canary) => {
    const result = await runCanary(canary, effort, exhausting(canary, byKey));
    show(!result.caught, () => canaryLine(result, width));
    return result;
  });
  const selfChecks = harness.length > 0 ? (await runUnpatched()).wrong : [];
  for (const wrong of selfChecks) show(true, () => `✗ the harness, unmodified: ${wrong}`);
  if (harness.length > 0) show(false, () => '\nmistakes in the harness itself, and the self-check that notices');
  const noticed = await inParallel(workers, 'mistakes', harness, async (mistake) => {
    const result = await runHarnessCanary(mistake);
    show(!result.caught, () => mistakeLine(result, width));
    return result;
  });
  const falseAlarms = unmodified.filter(isFalseAlarm);
  const isGreen =
    falseAlarms.length + selfChecks.length === 0 && [...results, ...noticed].every(({ caught }) => caught);
  if (json)
    printJson({ schema: SCHEMA, ...effort, canaries: results, unmodified, falseAlarms, harness: noticed, selfChecks });
  else show(false, () => summary(results, unmodified, noticed, falseAlarms.length + selfChecks.length));
  process.exitCode = isGreen ? STATUS.nothingFound : STATUS.findings;
}

function summary(
  results: readonly CanaryResult[],
  unmodified: readonly Unmodified[],
  noticed: readonly HarnessResult[],
  falseAlarms: number,
): string {
  const caught = (of: readonly { readonly caught: boolean }[]) => of.filter((one) => one.caught).length;
  const others = results.filter(({ by, asExpected }) => by !== null && !asExpected).length;
  const lines = [
    `${caught(results)} of ${results.length} canaries caught, ${others} by another property than the one named`,
    `${caught(noticed)} of ${plural(noticed.length, 'mistake')} in the harness noticed`,
    `${plural(falseAlarms, 'false alarm')}; ${plural(unmodified.length, 'unmodified scenario')}`,
  ];
  return ['', ...lines.filter((line) => !line.startsWith('0 of 0'))].join('\n');
}

const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));

const isFalseAlarm = ({ falseAlarms }: Unmodified): boolean => falseAlarms.length > 0;

/** What is run unmodified for a canary: the same for all of one scenario and memory model, but for those with a scaffold. */
const keyOf = (canary: Canary): string =>
  `${nameOf(canary)} ${canary.memoryModel} ${canary.scaffold.length > 0 ? canary.name : ''}`;

/** One canary for each key. */
const scenariosOf = (chosen: readonly Canary[]): Canary[] => [
  ...new Map(chosen.map((canary) => [keyOf(canary), canary])).values(),
];

/** The proofs that come to an end on the unmodified scenario. */
function exhausting(canary: Canary, unmodified: ReadonlyMap<string, Unmodified>): Set<ProofName> {
  return new Set(proofNames.filter((proof) => unmodified.get(keyOf(canary))?.proofs[proof]?.exhausted));
}

/** Runs `workers` items at a time. The results are in the order of the items. */
async function inParallel<T, R>(
  workers: number,
  what: string,
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let [next, done] = [0, 0];
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await run(items[i]);
      progress(`${what} ${++done}/${items.length} …`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  progress('');
  return results;
}
