import { cpus } from 'node:os';
import { Command } from 'commander';
import pMap from 'p-map';
import { type MemoryModelName, steppedMemoryModelNames } from '#dist/explore/memoryModels/registry.js';
import { type Canary, patchOf } from './subjects/canary.ts';
import { canaries } from './subjects/index.ts';
import { Trial } from './subjects/trial.ts';
import { canaryNamed } from './with.ts';

/** What catches a canary under a memory model; null: nothing does. */
interface Caught {
  readonly memoryModel: MemoryModelName;
  readonly by: string | null;
  /** How far the search came that caught nothing. */
  readonly isProved: boolean;
}

/** Canaries that the checks of `tso` and `rc11` miss, and why. */
export const MISSED: Readonly<Record<string, string>> = {};

const MODELS = steppedMemoryModelNames.filter((name) => name !== 'sc');

export const otherModelsCommand = (): Command =>
  new Command('models')
    .description(`which canaries of sc are caught under ${MODELS.join(' and ')}, and by which property`)
    .argument('[names...]', 'left out: all')
    .option('--seconds <n>', 'the most that a proof may take, and that the portfolio may take after it', Number, 10)
    .option('--workers <n>', 'how many run at a time', Number, cpus().length)
    .addHelpText('after', '\nExit status: 1 if one is missed without a reason, or caught in spite of it.')
    .action(async (names: readonly string[], { seconds, workers: concurrency }) => {
      const chosen = (names.length === 0 ? canaries : names.map(canaryNamed)).filter(
        ({ memoryModel }) => memoryModel === 'sc',
      );
      const results = await pMap(chosen, (canary) => report(canary, seconds), { concurrency });
      const all = results.flat();
      const caught = all.filter(({ by }) => by !== null).length;
      console.log(`\n${chosen.length} canaries: ${caught} of ${all.length} runs catch theirs`);
      const isExpected = (canary: Canary, runs: readonly Caught[]): boolean =>
        canary.name in MISSED !== runs.every(({ by }) => by !== null);
      process.exitCode = chosen.every((canary, i) => isExpected(canary, results[i])) ? 0 : 1;
    });

async function report(canary: Canary, seconds: number): Promise<readonly Caught[]> {
  const trial = new Trial(patchOf(canary));
  const results: Caught[] = [];
  try {
    for (const memoryModel of MODELS) {
      const result = await search(trial, canary, memoryModel, seconds);
      results.push(result);
      const { by, isProved } = result;
      const what = by ?? `${isProved ? 'proved' : 'undecided'}: ${MISSED[canary.name] ?? 'MISSED'}`;
      console.log(`${by === null ? '✗' : '✓'} ${canary.name.padEnd(40)} ${memoryModel.padEnd(5)} ${what}`);
    }
  } finally {
    trial.close();
  }
  return results;
}

async function search(
  trial: Trial,
  { scenario }: Canary,
  memoryModel: MemoryModelName,
  seconds: number,
): Promise<Caught> {
  const ask = { scenario, memoryModel, tearing: false, seed: 1, seconds, executions: null, minimiseSeconds: 0 };
  let { finding, exhausted } = await trial.ask({ ...ask, scheduler: 'exhaustive', reduction: 'states' });
  if (finding === null && !exhausted)
    ({ finding, exhausted } = await trial.ask({ ...ask, scheduler: 'portfolio', reduction: 'none' }));
  return { memoryModel, by: finding?.property ?? null, isProved: exhausted };
}
