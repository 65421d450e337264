import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import pMap from 'p-map';
import { compiledUrl } from './compiled.ts';
import { type Canary, isExpected } from './subjects/canary.ts';
import { canaryLine, falseAlarmLine, headLine, tableText } from './subjects/canaryTable.ts';
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
import { canaryNamed } from './with.ts';

interface Options extends Omit<Effort, 'proofSeconds' | 'graceSeconds'> {
  readonly workers: number;
  readonly list?: boolean;
}

/** What a proof may take, in seconds. */
const PROOF_SECONDS = 10;
const TABLE = fileURLToPath(compiledUrl('../canaries.md'));

export const canariesCommand = (): Command =>
  new Command('canaries')
    .description('which canaries are caught: by which property, by which scheduler, how fast and how often')
    .argument('[names...]', 'left out: all')
    .option('--list', 'print their names, and run none')
    .addOption(new Option('--seeds <n>', 'seeds of each scheduler').default(20).argParser(positive))
    .addOption(new Option('--seed <n>', 'the first of them').default(1).argParser(positive))
    .addOption(new Option('--seconds <n>', 'the most that one seed may take').default(5).argParser(positive))
    .addOption(new Option('--workers <n>', 'how many run at a time').default(cpus().length).argParser(positive))
    .addHelpText('after', `\nWith no names it writes ${TABLE}. Exit status: 1 if one is missed, or on a false alarm.`)
    .action(async (names: readonly string[], options: Options) => {
      const chosen = names.length === 0 ? canaries : names.map(canaryNamed);
      if (options.list) for (const { name, tracker, source } of chosen) console.log(`${name}  ${tracker}  ${source}`);
      else await run(chosen, options);
    });

async function run(chosen: readonly Canary[], { workers: concurrency, ...options }: Options): Promise<void> {
  const effort: Effort = { ...options, proofSeconds: PROOF_SECONDS };
  const bare = [...new Map(chosen.map((canary) => [unmodifiedKey(canary), canary])).values()];
  const unmodified = await pMap(bare, (canary) => runUnmodified(canary, effort), { concurrency });
  const falseAlarms = unmodified.filter((result) => result.falseAlarms.length > 0);
  for (const result of falseAlarms) console.log(falseAlarmLine(result));
  const byKey = new Map(bare.map((canary, i) => [unmodifiedKey(canary), unmodified[i]]));

  const width = Math.max(...chosen.map(({ name }) => name.length));
  console.log(headLine(width, effort.seeds));
  const results = await pMap(
    chosen,
    async (canary) => {
      const result = await runCanary(canary, effort, exhausting(byKey.get(unmodifiedKey(canary))));
      console.log(canaryLine(result, width));
      return result;
    },
    { concurrency },
  );
  const lines = [...totals(results, unmodified, falseAlarms.length)];
  console.log(['', ...lines].join('\n'));
  if (chosen === canaries) {
    mkdirSync(fileURLToPath(compiledUrl('..')), { recursive: true });
    writeFileSync(TABLE, tableText(results, lines));
    console.log(TABLE);
  }
  process.exitCode =
    falseAlarms.length === 0 && results.every(({ caught, asExpected }) => caught && asExpected) ? 0 : 1;
}

function totals(results: readonly CanaryResult[], unmodified: readonly Unmodified[], falseAlarms: number): string[] {
  const caught = results.filter((result) => result.caught).length;
  const others = results.filter(({ by, asExpected }) => by !== null && !asExpected).length;
  const alsoOthers = results.filter((result) => result.alsoBy.some((property) => !isExpected(result, property))).length;
  const seconds = Math.max(...results.map((result) => result.seconds ?? Infinity));
  return [
    `${caught} of ${results.length} canaries caught, ${others} by another property than those named`,
    `${alsoOthers} in some executions by a property that is not named`,
    `slowest median of the portfolio: ${seconds.toFixed(1)} s`,
    `${unmodified.length} unmodified scenarios, ${falseAlarms} false alarms`,
    `on ${cpus()[0].model.trim()}, Node ${process.versions.node}`,
  ];
}

/**
 * Canaries with the same key have the same unmodified subject: the same scenario and memory model,
 * and no scaffold.
 */
const unmodifiedKey = (canary: Canary): string =>
  `${nameOf(canary)} ${canary.memoryModel} ${canary.scaffold.length > 0 ? canary.name : ''}`;

/** The proofs that come to an end on the unmodified scenario. */
const exhausting = (unmodified: Unmodified | undefined): Set<ProofName> =>
  new Set(proofNames.filter((proof) => unmodified?.proofs[proof]?.exhausted));

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
