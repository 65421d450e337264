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
      for (const key of [...Object.keys(known.stays), ...Object.keys(known.staysUnderLkmm)])
        if (!keys.includes(key)) throw new Error(`${key} has an argument, and is not there`);
      const isChosen = (key: string) => beginnings.length === 0 || beginnings.some((text) => key.startsWith(text));
      if (list) for (const key of keys.filter(isChosen)) console.log(key);
      else run(tables, known, isChosen, beginnings.length === 0);
    });

function run(
  tables: readonly SiteTable[],
  { stays, staysUnderLkmm }: KnownBarriers,
  isChosen: (key: string) => boolean,
  isWhole: boolean,
): void {
  const rowsOf = ({ sites, scenarios, lkmm = [] }: SiteTable) =>
    sites
      .filter(({ key }) => isChosen(key))
      .map((site): WeakenedSite => {
        const since = performance.now();
        const results = runWeakened(site, scenarios, ['sc', 'tso', 'rc11']);
        if (lkmm.length > 0) results.push(...runWeakened(site, lkmm, ['lkmm']));
        const seconds = ((performance.now() - since) / 1000).toFixed(1);
        const row = { site, results, stays: stays[site.key], staysUnderLkmm: staysUnderLkmm[site.key] };
        const underLkmm = lkmm.length === 0 ? '' : `, under lkmm ${hasFailed(row, true) ? 'matters' : 'stays'}`;
        console.error(`${site.key}: ${hasFailed(row, false) ? 'matters' : 'stays'}${underLkmm}, ${seconds} s`);
        return row;
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

const hasFailed = ({ results }: Pick<WeakenedSite, 'results'>, isLkmm: boolean): boolean =>
  results.some(({ memoryModel, property }) => property !== null && (memoryModel === 'lkmm') === isLkmm);

function wrongIn(row: WeakenedSite): string[] {
  const { key } = row.site;
  const isSearched = row.results.some(({ memoryModel }) => memoryModel === 'lkmm');
  return [
    ...wrongUnder('', key, hasFailed(row, false), row.stays),
    ...(isSearched ? wrongUnder(' under lkmm', key, hasFailed(row, true), row.staysUnderLkmm) : []),
  ];
}

function wrongUnder(where: string, key: string, matters: boolean, stays: string | undefined): string[] {
  if (!matters && stays === undefined) return [`${key} does not matter${where}, and nothing says why it stays`];
  if (matters && stays !== undefined) return [`${key} matters${where}, and an argument says that it does not`];
  return [];
}
