import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { projectUrl } from '../compiled.ts';
import { type KnownBarriers, type SiteTable, withSites } from './sites.ts';
import { barriersText, type WeakenedSite } from './table.ts';
import { runWeakened } from './weaken.ts';

/** The arguments for orderings that do not matter, and the scenarios of each table. */
export const knownBarriers = (): KnownBarriers =>
  JSON.parse(readFileSync(projectUrl('selftest/barriers/survivors.json'), 'utf8'));

const TABLE = fileURLToPath(projectUrl('build/barriers.md'));

export const barriersCommand = (): Command =>
  new Command('barriers')
    .description('weakens every memory ordering of the subjects, one at a time, and says what fails without it')
    .argument('[beginnings...]', 'only orderings whose key begins so; left out: all')
    .option('--list', 'print their keys, and run none')
    .addHelpText('after', `\nWith no beginnings it writes ${TABLE}.`)
    .addHelpText('after', 'Exit status: 1 if an ordering does not matter and has no argument to stay, or the reverse.')
    .action((beginnings: readonly string[], { list }: { readonly list?: boolean }) => {
      const known = knownBarriers();
      const tables = withSites(fileURLToPath(projectUrl('src')), known.tables);
      const keys = tables.flatMap(({ sites }) => sites.map(({ key }) => key));
      for (const key of Object.keys(known.stays))
        if (!keys.includes(key)) throw new Error(`${key} has an argument, and is not there`);
      const isChosen = (key: string) => beginnings.length === 0 || beginnings.some((text) => key.startsWith(text));
      if (list) for (const key of keys.filter(isChosen)) console.log(key);
      else run(tables, known.stays, isChosen, beginnings.length === 0);
    });

function run(
  tables: readonly SiteTable[],
  stays: KnownBarriers['stays'],
  isChosen: (key: string) => boolean,
  isWhole: boolean,
): void {
  const rowsOf = ({ sites, scenarios }: SiteTable) =>
    sites
      .filter(({ key }) => isChosen(key))
      .map((site): WeakenedSite => {
        const since = performance.now();
        const results = runWeakened(site, scenarios, ['sc', 'tso', 'rc11']);
        const seconds = ((performance.now() - since) / 1000).toFixed(1);
        console.error(`${site.key}: ${hasFailed({ results }) ? 'matters' : 'stays'}, ${seconds} s`);
        return { site, results, stays: stays[site.key] };
      });
  const weakened = tables.map((table) => ({ ...table, rows: rowsOf(table) }));
  if (isWhole) {
    mkdirSync(projectUrl('build'), { recursive: true });
    writeFileSync(TABLE, barriersText(weakened));
  }
  const rows = weakened.flatMap((table) => table.rows);
  const wrong = rows.flatMap(wrongIn);
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
  const stay = rows.filter((row) => row.stays !== undefined).length;
  console.error(`${rows.length} orderings: ${rows.length - stay} matter, ${stay} stay for a reason`);
  if (isWhole) console.error(TABLE);
}

const hasFailed = ({ results }: Pick<WeakenedSite, 'results'>): boolean =>
  results.some(({ property }) => property !== null);

function wrongIn(row: WeakenedSite): string[] {
  const { site, stays } = row;
  if (!hasFailed(row) && stays === undefined) return [`${site.key} does not matter, and nothing says why it stays`];
  if (hasFailed(row) && stays !== undefined) return [`${site.key} matters, and an argument says that it does not`];
  return [];
}
