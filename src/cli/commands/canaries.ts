import { Command, Option } from 'commander';
import { type Canary, isExpected } from '../../canaries/canary.ts';
import { canaries } from '../../canaries/catalogue.ts';
import {
  type CanaryResult,
  type Effort,
  nameOf,
  type ProofName,
  proofNames,
  runCanary,
  runUnmodified,
  type Unmodified,
} from '../../canaries/runs.ts';
import { drawingNames } from '../../explore/schedulers/make.ts';
import { BadInput } from '../../scenario/badInput.ts';
import { SCHEMA } from '../../scenario/spec.ts';
import { STATUS } from '../errors.ts';
import { jsonOption, seconds, seedOption, whole } from '../options.ts';
import { grouped, plural, print, printJson, progress } from '../output.ts';

interface Options {
  readonly seeds: number;
  readonly seed: number;
  readonly seconds: number;
  readonly workers: number;
  readonly json?: boolean;
}

/** That a proof may take, in seconds. */
const PROOF_SECONDS = 20;

export const canariesCommand = (): Command =>
  new Command('canaries')
    .description('subjects with one known bug each: which are caught, by what, how fast and how often')
    .argument('[names...]', 'those alone')
    .addOption(new Option('--seeds <n>', 'seeds of each scheduler').default(20).argParser(whole('seeds', 1, 1000)))
    .addOption(new Option('--seconds <n>', 'that one seed may take').default(5).argParser(seconds('seconds')))
    .addOption(
      new Option('--workers <n>', 'canaries that run at a time, each on a core of its own')
        .default(1)
        .argParser(whole('workers', 1, 256)),
    )
    .addOption(seedOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gfnring canaries\n  gfnring canaries no-mask --seeds 5\n  gfnring canaries --workers 2 --json > canaries.json',
    )
    .action(async (names: readonly string[], { seeds, seed, seconds, workers, json }: Options) => {
      const chosen = named(names);
      const effort: Effort = { seeds, seed, seconds, proofSeconds: PROOF_SECONDS };
      const width = Math.max(...chosen.map(({ name }) => name.length));
      const unmodified = await inParallel(workers, scenariosOf(chosen), async (canary) => {
        const result = await runUnmodified(canary, effort);
        if (!json && result.falseAlarms.length > 0)
          print(`✗ ${nameOf(canary)}, unmodified: ${result.falseAlarms.join('; ')}`);
        return result;
      });
      const results = await inParallel(workers, chosen, async (canary) => {
        progress(`${canary.name} …`);
        const result = await runCanary(canary, effort, exhausting(canary, unmodified));
        progress('');
        if (!json) print(lineOf(canary, result, width));
        return result;
      });
      const falseAlarms = unmodified.filter((of) => of.falseAlarms.length > 0);
      const missed = results.filter(({ caught }) => !caught);
      if (json) printJson({ schema: SCHEMA, ...effort, canaries: results, unmodified, falseAlarms });
      else {
        print();
        print(
          `${grouped(results.length - missed.length)} of ${plural(results.length, 'canary').replace('canarys', 'canaries')} caught; ${plural(falseAlarms.length, 'false alarm')} in ${plural(unmodified.length, 'unmodified scenario')}.`,
        );
      }
      process.exitCode = missed.length + falseAlarms.length > 0 ? STATUS.findings : STATUS.nothingFound;
    });

function named(names: readonly string[]): readonly Canary[] {
  const unknown = names.find((name) => !canaries.some((canary) => canary.name === name));
  if (unknown !== undefined)
    throw new BadInput(`unknown canary ${unknown}: there are ${canaries.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? canaries : canaries.filter(({ name }) => names.includes(name));
}

const keyOf = (canary: Canary): string => `${nameOf(canary)} ${canary.memoryModel}`;

/** One canary for each scenario and memory model. */
const scenariosOf = (chosen: readonly Canary[]): Canary[] => [
  ...new Map(chosen.map((canary) => [keyOf(canary), canary])).values(),
];

const exhausting = (canary: Canary, unmodified: readonly Unmodified[]): Set<ProofName> => {
  const of = unmodified.find(({ scenario, memoryModel }) => `${scenario} ${memoryModel}` === keyOf(canary))!;
  return new Set(proofNames.filter((proof) => of.proofs[proof]?.exhausted));
};

async function inParallel<T, R>(workers: number, items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await run(items[i]);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}

function lineOf(canary: Canary, result: CanaryResult, width: number): string {
  const { by, error, missedBy, proofs, schedulers, switches } = result;
  const proof = proofNames.map(
    (name) => `${name} ${proofs[name]?.property == null ? '–' : time(proofs[name].seconds)}`,
  );
  const draws = drawingNames.map((name) => {
    const of = schedulers[name];
    return `${name} ${of === undefined ? '–' : `${of.caught}/${of.of} ${of.executions ?? '–'}`}`;
  });
  const otherwise = by !== null && !isExpected(canary, by) ? `, not by ${canary.expectedBy.join(' or ')}` : '';
  const verdict =
    error ?? `${by ?? 'nothing'}${otherwise}${missedBy.length > 0 ? `; missed by ${missedBy.join(', ')}` : ''}`;
  return `${result.caught ? '✓' : '✗'} ${canary.name.padEnd(width)} ${[...proof, ...draws, `${switches ?? '–'} switches`].join('  ')}  ${verdict}`;
}

const time = (seconds: number): string => `${seconds.toFixed(2)} s`;
