import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What an ordering becomes when it is weakened. A read-modify-write becomes two relaxed accesses.
 */
const WEAKER = {
  loadAcquire: 'load',
  storeRelease: 'store',
  rmb: 'nothing',
  wmb: 'nothing',
  mb: 'nothing',
  xchg: 'load, store',
  cmpxchg: 'load, store',
  fetchAdd: 'load, store',
  fetchAnd: 'load, store',
  fetchOr: 'load, store',
};
const ACCESS = new RegExp(`mem\\.(${Object.keys(WEAKER).join('|')})\\(`, 'g');
const PARTNER = /(\w+)\((\w*)\) in (\w+)/g;

/**
 * Every ordering in folders of `src`, in the order of the source: its place, its access and cell,
 * and the partners that its comment names. `number` counts the orderings of a file from 0.
 */
export function sitesIn(src, folders) {
  const sites = folders.flatMap((folder) =>
    readdirSync(join(src, folder))
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .flatMap((name) => sitesOf(`${folder}/${name}`, readFileSync(join(src, folder, name), 'utf8'))),
  );
  const alone = sites.find(({ partners, weaker }) => partners.length === 0 && weaker !== 'load, store');
  if (alone !== undefined) throw new Error(`${alone.key}: no comment says what it pairs with`);
  for (const site of sites) checkPartners(site, sites);
  return sites;
}

/**
 * The tables with their `sites`: of the files that each names, and of other files in its folders.
 */
export function withSites(src, tables) {
  const sites = sitesIn(
    src,
    tables.flatMap(({ folders }) => folders),
  );
  const tableOf = ({ file }) =>
    tables.find(({ files = [] }) => files.includes(file)) ??
    tables.find(({ folders }) => folders.includes(dirname(file)));
  return tables.map((table) => ({ ...table, sites: sites.filter((site) => tableOf(site) === table) }));
}

function sitesOf(file, text) {
  const lines = text.split('\n');
  const sites = [];
  const seen = new Map();
  let inside = '';
  lines.forEach((line, i) => {
    inside = /^(?:export )?function (\w+)/.exec(line)?.[1] ?? inside;
    for (const { 1: access, index } of codeOf(line).matchAll(ACCESS)) {
      const cell = cellOf(line.slice(index + access.length + 5));
      const name = `${file} ${inside} ${access}(${cell})`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
      const key = seen.get(name) === 1 ? name : `${name} #${seen.get(name)}`;
      const partners = partnersOf(commentOf(lines, i));
      sites.push({ key, file, inside, access, cell, weaker: WEAKER[access], number: sites.length, partners });
    }
  });
  return sites;
}

/** The edits of what was compiled that weaken one site. */
export function weakening(text, { file, access, number }) {
  const { index: at, 0: from, 1: name } = [...text.matchAll(ACCESS)][number];
  if (name !== access) throw new Error(`ordering ${number} is ${name} in what was compiled, ${access} in its source`);
  const edit = (place, what, to) => ({ file: file.replace(/\.ts$/, ''), from: what, at: place, to });
  if (access === 'loadAcquire' || access === 'storeRelease') return [edit(at, from, `mem.${WEAKER[access]}(`)];
  if (access.endsWith('mb')) return [edit(at, `${from})`, 'void 0')];
  return [edit(text.length, '', `\n${IN_TWO}`), edit(at, from, `inTwo.${access}(mem, `)];
}

const IN_TWO = `
const inTwo = Object.fromEntries(
  Object.entries({ xchg: (_, b) => b, fetchAdd: (a, b) => a + b, fetchAnd: (a, b) => a & b, fetchOr: (a, b) => a | b }).map(
    ([name, change]) => [name, (mem, cell, by) => { const old = mem.load(cell); mem.store(cell, change(old, by)); return old; }],
  ),
);
inTwo.cmpxchg = (mem, cell, expected, by) => { const old = mem.load(cell); if (old === expected) mem.store(cell, by); return old; };
`;

const codeOf = (line) => (/^\s*(\/\/|\/?\*)/.test(line) ? '' : line.replace(/ \/\/.*/, ''));

/**
 * The last name in the first argument: `cons` of `ring.cons`, `overruns` of `vm.overruns[vcpu]`.
 */
const cellOf = (args) => /^[\w.[\]()! ]*?(\w+)(?:\[\w+\]|\(\w+\))?\s*[,)]/.exec(args)?.[1] ?? '';

/** The comment behind a line, and those that stand alone above it. */
function commentOf(lines, i) {
  let comment = / \/\/ (.*)/.exec(lines[i])?.[1] ?? '';
  for (let above = i - 1; /^\s*\/\/ /.test(lines[above] ?? ''); above--) comment = `${lines[above]} ${comment}`;
  return comment;
}

function partnersOf(comment) {
  const paired = comment.split(/pairs with/i)[1] ?? '';
  return [...paired.matchAll(PARTNER)].map(([text, access, cell, inside]) => ({ text, access, cell, inside }));
}

/** Who is named must be there, and name the access too. */
function checkPartners({ key, access, inside, partners }, sites) {
  for (const partner of partners) {
    const named = sites.filter(
      (site) => site.access === partner.access && site.cell === partner.cell && site.inside.endsWith(partner.inside),
    );
    if (named.length === 0) throw new Error(`${key}: there is no ${partner.text}`);
    const answers = named.some((site) =>
      site.partners.some((back) => back.access === access && inside.endsWith(back.inside)),
    );
    if (!answers) throw new Error(`${key}: pairs with ${partner.text}, which does not say so`);
  }
}
