import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { compiledUrl, projectUrl } from '../compiled.ts';
import { type CFate, CJudge, type CTree, referencesOf } from './judge.ts';
import { type CMutant, cMutantsOf, operators } from './operators.ts';

interface Options {
  readonly kdir: string;
  readonly file: string;
  readonly workers: number;
  readonly list?: boolean;
  readonly part?: string;
  readonly scenarios: readonly string[];
}

/** Why mutants of a file survive or hang. Their numbers are right for that content alone. */
export interface CArguments {
  readonly file: string;
  readonly sha256: string;
  readonly survivors: readonly { readonly why: string; readonly keys: readonly string[] }[];
}

export const cArguments = (): readonly CArguments[] =>
  JSON.parse(readFileSync(projectUrl('selftest/cMutants/survivors.json'), 'utf8'));

export const cMutantsCommand = (): Command =>
  new Command('c-mutants')
    .description('makes mutants of a C file for `gfnring kernel`, and says what kills each')
    .argument('[which...]', 'beginnings of keys; left out: all')
    .option('--kdir <path>', 'a kernel tree', fileURLToPath(projectUrl('examples/kernel')))
    .option('--file <path>', 'the C file, relative to --kdir', 'virt/kvm/gfnring.c')
    .option('--workers <n>', 'how many run at a time', Number, cpus().length)
    .option('--scenarios <names>', 'only these: wrap,two-spaces', (names: string) => names.split(','), [])
    .option('--list', 'print them, and run none')
    .option('--part <i/n>', 'one of n processes: prints a line of JSON for each mutant')
    .addHelpText('after', '\nExit status: 1 if a mutant survives or hangs without an argument, or the reverse.')
    .action(async (which: readonly string[], options: Options) => {
      const text = readFileSync(join(options.kdir, options.file), 'utf8');
      const all = await cMutantsOf(text);
      const chosen = all.filter(
        ({ key }) => which.length === 0 || which.some((begin) => `${key} `.startsWith(`${begin} `)),
      );
      if (options.list) for (const { key, change } of chosen) console.log(`${key}: ${change}`);
      else if (options.part !== undefined) await runPart(chosen, options, options.part);
      else report(chosen, await runAll(chosen, which, options), argumentsFor(text, options.file));
    });

/** Runs each n-th mutant in this process. */
async function runPart(mutants: readonly CMutant[], tree: Options, part: string): Promise<void> {
  const [index, of] = part.split('/').map(Number);
  const judge = new CJudge(treeOf(tree), await referencesOf(treeOf(tree)));
  for (const mutant of mutants.filter((_, i) => i % of === index))
    console.log(JSON.stringify(await judge.fateOf(mutant)));
}

const treeOf = ({ kdir, file, scenarios }: Options): CTree => ({ kdir: resolve(kdir), file, scenarios });

async function runAll(
  mutants: readonly CMutant[],
  which: readonly string[],
  options: Options,
): Promise<ReadonlyMap<string, CFate>> {
  const { kdir, file, workers, scenarios } = options;
  await referencesOf(treeOf(options)); // kept for the other processes
  const fates = new Map<string, CFate>();
  const main = fileURLToPath(compiledUrl('main.js'));
  const runs = Array.from({ length: workers }, async (_, i) => {
    const only = scenarios.length === 0 ? [] : ['--scenarios', scenarios.join()];
    const args = ['c-mutants', ...which, '--kdir', kdir, '--file', file, ...only, '--part', `${i}/${workers}`];
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const fate: CFate = JSON.parse(line);
      fates.set(fate.key, fate);
      const change = mutants.find(({ key }) => key === fate.key)!.change;
      console.error(`${fates.size}/${mutants.length} ${fate.key}: ${fate.kind} ${fate.by} (${change})`);
    }
  });
  await Promise.all(runs);
  return fates;
}

function argumentsFor(text: string, file: string): ReadonlyMap<string, string> {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const known = cArguments().find((other) => other.file === file && other.sha256 === sha256);
  return new Map(known?.survivors.flatMap(({ why, keys }) => keys.map((key) => [key, why] as const)) ?? []);
}

const KINDS = ['killed', 'refused', 'hang', 'survives', 'invalid'] as const;

/** Prints the table of docs/mutants.md, and what has no argument. */
function report(
  mutants: readonly CMutant[],
  fates: ReadonlyMap<string, CFate>,
  known: ReadonlyMap<string, string>,
): void {
  console.log(
    `| operator | what it does | mutants | ${KINDS.join(' | ')} |\n| ${'--- | '.repeat(3 + KINDS.length).trim()}`,
  );
  for (const [operator, about] of Object.entries(operators)) {
    const of = mutants.filter((mutant) => mutant.operator === operator);
    const counts = KINDS.map((kind) => of.filter(({ key }) => fates.get(key)?.kind === kind).length || '');
    console.log(`| ${[operator, about, of.length, ...counts].join(' | ')} |`);
  }
  const isLeft = (key: string): boolean => ['survives', 'hang'].includes(fates.get(key)?.kind ?? 'survives');
  const wrong = mutants.filter(({ key }) => isLeft(key) !== known.has(key));
  for (const { key, change } of wrong)
    console.error(`${isLeft(key) ? 'no argument' : 'killed in spite of its argument'}: ${key} (${change})`);
  console.log(`\n${mutants.length} mutants, ${mutants.filter(({ key }) => isLeft(key)).length} left`);
  if (wrong.length > 0) process.exitCode = 1;
}
