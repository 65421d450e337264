// Takes away every ordering of the subject, one at a time, and writes what fails without it into docs/barriers.md. With a file name: there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withSites } from './barriers/sites.mjs';
import { barriersText } from './barriers/table.mjs';
import { runWeakened } from './barriers/weaken.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const known = JSON.parse(readFileSync(join(project, 'bench/barriers/known.json'), 'utf8'));
const file = process.argv[2] ?? join(project, 'docs/barriers.md');

const tables = withSites(join(project, 'src'), known.tables);
const sites = tables.flatMap((table) => table.sites);
for (const key of Object.keys(known.stays))
  if (!sites.some((site) => site.key === key)) throw new Error(`${key} has an argument, and is not there`);

/** What is refused. */
const wrong = [];
const text = barriersText(tables.map((table) => ({ ...table, rows: table.sites.map((site) => rowOf(site, table)) })));
if (wrong.length > 0) throw new Error(wrong.join('\n'));
writeFileSync(file, text);

function rowOf(site, { scenarios }) {
  const since = performance.now();
  const results = runWeakened(site, scenarios, ['sc', 'tso', 'weak']);
  const failed = results.some(({ property }) => property !== null);
  const stays = known.stays[site.key];
  if (!failed && stays === undefined) wrong.push(`${site.key} does not matter, and nothing says why it stays`);
  if (failed && stays !== undefined) wrong.push(`${site.key} matters, and an argument says that it does not`);
  console.error(`${site.key}: ${failed ? 'matters' : 'stays'}, ${((performance.now() - since) / 1000).toFixed(1)} s`);
  return { site, results, stays };
}
