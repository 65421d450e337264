import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { projectUrl } from '../compiled.ts';
import { type Fate, fateOf } from './fate.ts';
import { allMutants, type ListedMutant } from './list.ts';
import { reachOf } from './reach.ts';
import { scenariosOf, trackersOf } from './scenarios.ts';
import { Searcher } from './searcher.ts';
import { type Argument, type Fates, mutantsText, refused, totalsOf } from './table.ts';

/** The fates of the last run. What killed a mutant then is tried first. */
const FATES = projectUrl('build/mutants.json');
const TABLE = fileURLToPath(projectUrl('build/mutants.md'));

/** Why mutants survive or hang. */
export const knownSurvivors = (): readonly Argument[] =>
  JSON.parse(readFileSync(projectUrl('selftest/mutants/survivors.json'), 'utf8'));

export const mutantsCommand = (): Command =>
  new Command('mutants')
    .description('makes mutants of the subjects, and says what kills each')
    .argument(
      '[which...]',
      'beginnings of keys; or `missing`: never run, or survived without an argument; or `survivors` of the last run',
    )
    .option('--list', 'print their keys, and run none')
    .addHelpText('after', `\nIt writes ${TABLE}.`)
    .addHelpText('after', 'Exit status: 1 if a mutant survives or hangs without an argument, or the reverse.')
    .action(async (which: readonly string[], { list }: { readonly list?: boolean }) => {
      const all = allMutants();
      const last: Fates = existsSync(FATES) ? JSON.parse(readFileSync(FATES, 'utf8')) : {};
      const chosen = all.filter(({ key }) => isChosen(key, which, last));
      if (list) for (const { key } of chosen) console.log(key);
      else await run(all, chosen, last);
    });

function isChosen(key: string, which: readonly string[], last: Fates): boolean {
  const fate = last[key];
  if (which[0] === 'survivors') return fate?.property === null;
  if (which[0] !== 'missing') return which.length === 0 || which.some((beginning) => key.startsWith(beginning));
  const isArgued = knownSurvivors().some(({ keys }) => keys.includes(key));
  return fate === undefined || (fate.property === null && !isArgued);
}

async function run(all: readonly ListedMutant[], chosen: readonly ListedMutant[], last: Fates): Promise<void> {
  mkdirSync(projectUrl('build'), { recursive: true });
  const fates: Record<string, Fate> = { ...last };
  await findFates(chosen, last, (key, fate) => {
    fates[key] = fate;
    save(all, fates);
  });
  const known = knownSurvivors();
  const wrong = refused(all, fates, known);
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
  writeFileSync(TABLE, mutantsText(all, fates, known));
  console.error(`${totalsOf(all, fates)}\n${TABLE}`);
}

async function findFates(
  chosen: readonly ListedMutant[],
  last: Fates,
  found: (key: string, fate: Fate) => void,
): Promise<void> {
  const begin = performance.now();
  const secondsSince = (start: number, digits: number) => `${((performance.now() - start) / 1000).toFixed(digits)} s`;
  const trackers = [...new Set(chosen.flatMap(({ file }) => trackersOf(file)))];
  const scenarios = trackers.flatMap(scenariosOf);
  const reaches = await reachOf(scenarios, (name) => process.stderr.write(`\r\x1b[K${name} as it is`));
  process.stderr.write(`\r\x1b[K${scenarios.length} scenarios as they are: ${secondsSince(begin, 0)}\n`);
  let searcher: Searcher | undefined;
  for (const [i, mutant] of chosen.entries()) {
    const { file, key } = mutant;
    const start = performance.now();
    if (searcher?.file !== file) {
      searcher?.close();
      searcher = new Searcher(file);
    }
    const fate = await fateOf(mutant, reaches, last[key], searcher);
    const end = `${fate.property ?? 'SURVIVES'}${fate.where ? `, ${fate.where}` : ''}`;
    const times = `${secondsSince(begin, 0)} ${secondsSince(start, 1)}`;
    console.error(`${i + 1}/${chosen.length} ${times} ${key}: ${end}`);
    found(key, fate);
  }
  searcher?.close();
}

/** Writes the fates of the mutants that exist, in their order. */
function save(all: readonly ListedMutant[], fates: Fates): void {
  const lines = all.flatMap(({ key }) =>
    fates[key] ? [`  ${JSON.stringify(key)}: ${JSON.stringify(fates[key])}`] : [],
  );
  writeFileSync(FATES, `{\n${lines.join(',\n')}\n}\n`);
}
