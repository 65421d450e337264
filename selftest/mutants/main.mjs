/**
 * Breaks the trackers in all the ways of `operators.mjs`, one at a time. `build/mutants.md` has
 * what catches each mutant, and what survives. Arguments choose mutants by the beginning of their
 * key; `missing`: those that never ran, or survive without an argument; `survivors`: those that
 * survived the last time.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allMutants } from './list.mjs';
import { reachOf } from './reach.mjs';
import { fateOf } from './run.mjs';
import { scenariosOf, trackersOf } from './scenarios.mjs';
import { Searcher } from './searcher.mjs';
import { mutantsText, refused, totalsOf } from './table.mjs';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = file('../../dist');
const known = JSON.parse(readFileSync(file('survivors.json'), 'utf8'));
// What caught each mutant the last time: that is tried first.
const FOUND = file('../../build/mutants.json');
const found = existsSync(FOUND) ? JSON.parse(readFileSync(FOUND, 'utf8')) : {};
mkdirSync(file('../../build'), { recursive: true });
const TABLE = file('../../build/mutants.md');
const since = performance.now();
const took = () => `${((performance.now() - since) / 1000).toFixed(0)} s`;

const all = allMutants(dist);
const beginnings = process.argv.slice(2);
const isArgued = (key) => known.some(({ keys }) => keys.includes(key));
const isChosen = ({ key }) => {
  if (beginnings[0] === 'missing') return found[key] === undefined || (found[key].property === null && !isArgued(key));
  if (beginnings[0] === 'survivors') return found[key]?.property === null;
  return beginnings.length === 0 || beginnings.some((beginning) => key.startsWith(beginning));
};
const chosen = all.filter(isChosen);
const trackers = [...new Set(chosen.flatMap((mutant) => trackersOf(mutant.file)))];
const scenarios = trackers.flatMap((tracker) => scenariosOf(tracker));
const reaches = await reachOf(dist, scenarios, (what) => process.stderr.write(`\r\x1b[K${what}`));
process.stderr.write(`\r\x1b[K${scenarios.length} scenarios as they are: ${took()}\n`);

const fates = Object.fromEntries(all.flatMap(({ key }) => (found[key] ? [[key, found[key]]] : [])));
let searcher;
for (const [i, mutant] of chosen.entries()) {
  const start = performance.now();
  if (searcher?.file !== mutant.file) {
    searcher?.close();
    searcher = new Searcher(dist, mutant.file);
  }
  const fate = await fateOf(mutant, reaches, found[mutant.key], searcher, dist);
  fates[mutant.key] = fate;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.error(
    `${i + 1}/${chosen.length} ${took()} ${seconds} s ${mutant.key}: ${fate.property ?? 'SURVIVES'}${fate.where ? `, ${fate.where}` : ''}`,
  );
  save();
}
searcher?.close();

const wrong = refused(all, fates, known);
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exitCode = 1;
writeFileSync(TABLE, mutantsText(all, fates, known));
console.error(`${totalsOf(all, fates)}\n${TABLE}`);

function save() {
  const lines = all.flatMap(({ key }) =>
    fates[key] ? [`  ${JSON.stringify(key)}: ${JSON.stringify(fates[key])}`] : [],
  );
  writeFileSync(FOUND, `{\n${lines.join(',\n')}\n}\n`);
}
