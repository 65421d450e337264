/**
 * Takes away every ordering of the subjects, one at a time. `build/barriers.md` has what fails
 * without it. Exits with 1 if one does not matter and has no argument to stay, or has one and
 * matters.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withSites } from './sites.mjs';
import { barriersText } from './table.mjs';
import { runWeakened } from './weaken.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));
const known = JSON.parse(readFileSync(join(project, 'selftest/barriers/survivors.json'), 'utf8'));
const TABLE = join(project, 'build/barriers.md');

const tables = withSites(join(project, 'src'), known.tables);
const sites = tables.flatMap((table) => table.sites);
for (const key of Object.keys(known.stays))
  if (!sites.some((site) => site.key === key)) throw new Error(`${key} has an argument, and is not there`);

/** What is refused. */
const wrong = [];
const text = barriersText(tables.map((table) => ({ ...table, rows: table.sites.map((site) => rowOf(site, table)) })));
mkdirSync(join(project, 'build'), { recursive: true });
writeFileSync(TABLE, text);
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exitCode = 1;
const stay = sites.filter(({ key }) => known.stays[key] !== undefined).length;
console.error(`${sites.length} orderings: ${sites.length - stay} matter, ${stay} stay for a reason\n${TABLE}`);

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
