import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Edit } from '../patch/patch.ts';

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
} as const;
type Access = keyof typeof WEAKER;

const ACCESS = new RegExp(`mem\\.(${Object.keys(WEAKER).join('|')})\\(`, 'g');
const PARTNER = /(\w+)\((\w*)\) in (\w+)/g;

/** An access that an ordering pairs with, as a comment names it: `access(cell) in inside`. */
interface Partner {
  readonly text: string;
  readonly access: string;
  readonly cell: string;
  readonly inside: string;
}

/** An access or fence with an ordering. */
export interface Site {
  /** File, function, access and cell; unique. */
  readonly key: string;
  /** Seen from `src`, with its ending. */
  readonly file: string;
  /** The function around it. */
  readonly inside: string;
  readonly access: Access;
  readonly cell: string;
  readonly weaker: (typeof WEAKER)[Access];
  /** Counts the orderings of the file from 0. */
  readonly number: number;
  readonly partners: readonly Partner[];
}

/** Orderings that are weakened in the same scenarios: all of some folders, and of some files. */
export interface BarrierTable {
  readonly title: string;
  readonly folders: readonly string[];
  readonly files?: readonly string[];
  readonly scenarios: readonly string[];
  /** Those that are searched under `lkmm`, beside the others. */
  readonly lkmm?: readonly string[];
}

export type SiteTable = BarrierTable & { readonly sites: readonly Site[] };

/** `survivors.json`: the tables, and by key why an ordering stays that does not matter. */
export interface KnownBarriers {
  readonly tables: readonly BarrierTable[];
  readonly stays: Readonly<Record<string, string>>;
  /** The same under `lkmm`, for the tables with scenarios there. */
  readonly staysUnderLkmm: Readonly<Record<string, string>>;
}

/**
 * Every ordering in folders of `src`, in the order of the source.
 *
 * @throws Error if the comment of an ordering names no partner, or one that does not name it back.
 */
export function sitesIn(src: string, folders: readonly string[]): Site[] {
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
export function withSites(src: string, tables: readonly BarrierTable[]): SiteTable[] {
  const sites = sitesIn(
    src,
    tables.flatMap(({ folders }) => folders),
  );
  const tableOf = ({ file }: Site) =>
    tables.find(({ files = [] }) => files.includes(file)) ??
    tables.find(({ folders }) => folders.includes(dirname(file)));
  return tables.map((table) => ({ ...table, sites: sites.filter((site) => tableOf(site) === table) }));
}

function sitesOf(file: string, text: string): Site[] {
  const lines = text.split('\n');
  const sites: Site[] = [];
  const seen = new Map<string, number>();
  let inside = '';
  lines.forEach((line, i) => {
    inside = /^(?:export )?function (\w+)/.exec(line)?.[1] ?? inside;
    for (const { 1: name, index } of codeOf(line).matchAll(ACCESS)) {
      const access = name as Access;
      const cell = cellOf(line.slice(index + access.length + 5));
      const unnumbered = `${file} ${inside} ${access}(${cell})`;
      const count = (seen.get(unnumbered) ?? 0) + 1;
      seen.set(unnumbered, count);
      const key = count === 1 ? unnumbered : `${unnumbered} #${count}`;
      const partners = partnersOf(commentOf(lines, i));
      sites.push({ key, file, inside, access, cell, weaker: WEAKER[access], number: sites.length, partners });
    }
  });
  return sites;
}

/** The edits of a compiled module that weaken one site. */
export function weakening(text: string, { file, access, number }: Pick<Site, 'file' | 'access' | 'number'>): Edit[] {
  const { index: at, 0: from, 1: name } = [...text.matchAll(ACCESS)][number];
  if (name !== access) throw new Error(`ordering ${number} is ${name} in what was compiled, ${access} in its source`);
  const edit = (place: number, what: string, to: string): Edit => ({
    file: file.replace(/\.ts$/, ''),
    from: what,
    at: place,
    to,
  });
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

const codeOf = (line: string): string => (/^\s*(\/\/|\/?\*)/.test(line) ? '' : line.replace(/ \/\/.*/, ''));

/**
 * The last name in the first argument: `cons` of `ring.cons`, `overruns` of `vm.overruns[vcpu]`.
 */
const cellOf = (args: string): string => /^[\w.[\]()! ]*?(\w+)(?:\[\w+\]|\(\w+\))?\s*[,)]/.exec(args)?.[1] ?? '';

/** The comment behind a line, and those that stand alone above it. */
function commentOf(lines: readonly string[], i: number): string {
  let comment = / \/\/ (.*)/.exec(lines[i])?.[1] ?? '';
  for (let above = i - 1; /^\s*\/\/ /.test(lines[above] ?? ''); above--) comment = `${lines[above]} ${comment}`;
  return comment;
}

function partnersOf(comment: string): Partner[] {
  const paired = comment.split(/pairs with/i)[1] ?? '';
  return [...paired.matchAll(PARTNER)].map(([text, access, cell, inside]) => ({ text, access, cell, inside }));
}

/** A named partner must exist, and its comment must name this access. */
function checkPartners({ key, access, inside, partners }: Site, sites: readonly Site[]): void {
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
