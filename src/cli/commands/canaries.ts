import { Command, Option } from 'commander';
import type { Canary } from '../../canaries/canary.ts';
import { canaries } from '../../canaries/catalogue.ts';
import {
  type Effort,
  nameOf,
  type ProofName,
  proofNames,
  runCanary,
  runUnmodified,
  type Unmodified,
} from '../../canaries/runs.ts';
import { SCHEMA } from '../../scenario/spec.ts';
import { canaryNamed } from '../canary.ts';
import { canaryLine, headLine } from '../canaryTable.ts';
import { STATUS } from '../errors.ts';
import { jsonOption, quietOption, seconds, seedOption, whole } from '../options.ts';
import { plural, print, printJson, progress } from '../output.ts';

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
const PROOF_SECONDS = 20;

export const canariesCommand = (): Command =>
  new Command('canaries')
    .description('subjects with one known bug each: which are caught, by what, how fast and how often')
    .argument('[names...]', 'those alone')
    .addOption(new Option('--list', 'name them, and run none'))
    .addOption(new Option('--seeds <n>', 'seeds of each scheduler').default(20).argParser(whole('seeds', 1, 1000)))
    .addOption(new Option('--seconds <n>', 'that one seed may take').default(5).argParser(seconds('seconds')))
    .addOption(
      new Option('--workers <n>', 'how many run at a time, each on a core of its own')
        .default(1)
        .argParser(whole('workers', 1, 256)),
    )
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gfnring canaries --workers 2\n  gfnring canaries no-mask no-flush --seeds 5\n  gfnring explore --canary no-mask',
    )
    .action(async (names: readonly string[], options: Options) => {
      const chosen = names.length === 0 ? canaries : names.map(canaryNamed);
      if (options.list && options.json) printJson({ schema: SCHEMA, canaries: chosen.map(({ edits, ...of }) => of) });
      else if (options.list) list(chosen);
      else await run(chosen, options);
    });

function list(chosen: readonly Canary[]): void {
  const [width, trackers] = [widest(chosen.map(({ name }) => name)), widest(chosen.map(({ tracker }) => tracker))];
  for (const { name, tracker, source } of chosen) print(`${name.padEnd(width)} ${tracker.padEnd(trackers)} ${source}`);
}

async function run(chosen: readonly Canary[], { json, quiet, workers, ...options }: Options): Promise<void> {
  const { seeds, seed, seconds } = options;
  const effort: Effort = { seeds, seed, seconds, proofSeconds: PROOF_SECONDS };
  const width = widest(chosen.map(({ name }) => name));
  const lines = !json && !quiet;
  const unmodified = await inParallel(workers, 'unmodified', scenariosOf(chosen), async (canary) => {
    const result = await runUnmodified(canary, effort);
    if (!json && isFalseAlarm(result)) print(`✗ ${nameOf(canary)}, unmodified: ${result.falseAlarms.join('; ')}`);
    return result;
  });
  if (lines) for (const line of headLine(width, seeds)) print(line);
  const results = await inParallel(workers, 'canaries', chosen, async (canary) => {
    const result = await runCanary(canary, effort, exhausting(canary, unmodified));
    if (lines || (!json && !result.caught)) print(canaryLine(result, width));
    return result;
  });
  const falseAlarms = unmodified.filter(isFalseAlarm);
  const missed = results.filter(({ caught }) => !caught);
  if (json) printJson({ schema: SCHEMA, ...effort, canaries: results, unmodified, falseAlarms });
  else if (lines) {
    const others = results.filter(({ by, asExpected }) => by !== null && !asExpected).length;
    print();
    print(
      `${results.length - missed.length} of ${plural(results.length, 'canary').replace('canarys', 'canaries')} caught${others > 0 ? `, ${others} by another property than the one named` : ''}. ${plural(unmodified.length, 'unmodified scenario')}, ${plural(falseAlarms.length, 'false alarm')}.`,
    );
  }
  process.exitCode = missed.length + falseAlarms.length > 0 ? STATUS.findings : STATUS.nothingFound;
}

const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));

const isFalseAlarm = ({ falseAlarms }: Unmodified): boolean => falseAlarms.length > 0;

const keyOf = (canary: Canary): string => `${nameOf(canary)} ${canary.memoryModel}`;

/** One canary for each scenario and memory model. */
const scenariosOf = (chosen: readonly Canary[]): Canary[] => [
  ...new Map(chosen.map((canary) => [keyOf(canary), canary])).values(),
];

/** The proofs that come to an end on the unmodified scenario. */
function exhausting(canary: Canary, unmodified: readonly Unmodified[]): Set<ProofName> {
  const of = unmodified.find(({ scenario, memoryModel }) => `${scenario} ${memoryModel}` === keyOf(canary))!;
  return new Set(proofNames.filter((proof) => of.proofs[proof]?.exhausted));
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
