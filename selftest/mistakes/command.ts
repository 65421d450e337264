import { cpus } from 'node:os';
import { Command, Option } from 'commander';
import pMap from 'p-map';
import { BadInput } from '#dist/input/badInput.js';
import { mistakes } from './index.ts';
import type { Mistake } from './mistake.ts';
import { runMistake, wrongWithoutMistake } from './run.ts';

interface Options {
  readonly workers: string;
  readonly list?: boolean;
}

export const mistakesCommand = (): Command =>
  new Command('mistakes')
    .description('whether the named test fails for each bug that is seeded into the harness')
    .argument('[names...]', 'left out: all')
    .option('--list', 'print their names and tests, and run none')
    .addOption(new Option('--workers <n>', 'how many run at a time').default(`${cpus().length}`))
    .addHelpText('after', '\nExit status: 1 if a mistake is not caught, or a test fails without one.')
    .action(async (names: readonly string[], { workers, list }: Options) => {
      const chosen = names.length === 0 ? mistakes : names.map(mistakeNamed);
      if (list) for (const { name, testFile, expectedBy } of chosen) console.log(`${name}  ${testFile}  ${expectedBy}`);
      else await run(chosen, Number(workers));
    });

function mistakeNamed(name: string): Mistake {
  const mistake = mistakes.find((one) => one.name === name);
  if (mistake === undefined) throw new BadInput(`unknown mistake ${name}: 'mistakes --list' has all names`);
  return mistake;
}

async function run(chosen: readonly Mistake[], concurrency: number): Promise<void> {
  const wrong = await wrongWithoutMistake(chosen);
  for (const line of wrong) console.log(`✗ ${line}`);
  const width = Math.max(...chosen.map(({ name }) => name.length));
  const results = await pMap(
    chosen,
    async (mistake) => {
      const result = await runMistake(mistake);
      const { name, part, caught, why, seconds } = result;
      console.log(`${caught ? '✓' : '✗'} ${name.padEnd(width)}  ${part}: ${why ?? 'caught'}, ${seconds.toFixed(1)} s`);
      return result;
    },
    { concurrency },
  );
  const caught = results.filter((result) => result.caught).length;
  console.log(`\n${caught} of ${results.length} mistakes in the harness caught`);
  process.exitCode = wrong.length === 0 && caught === results.length ? 0 : 1;
}
