import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sitesIn, weakening, withSites } from '../bench/barriers/sites.mjs';
import { cellText } from '../bench/barriers/table.mjs';
import { runWeakened } from '../bench/barriers/weaken.mjs';
import { patched } from '../selftest/patch/patch.ts';

const known = JSON.parse(readFileSync('bench/barriers/known.json', 'utf8'));
const text = readFileSync('docs/barriers.md', 'utf8');
const sites = withSites('src', known.tables).flatMap((table) => table.sites);
/** Its rows, as cells: in, ordering, partner, sc, tso, weak. */
const rows = [...text.matchAll(/^\| (\w+\/.*) \|$/gm)].map((found) => found[1].split(' | '));

test('docs/barriers.md has every ordering of the source, with its partner, and why it stays', () => {
  expect(sites.length).toBeGreaterThan(10);
  expect(rows.map((row) => row.slice(0, 3))).toEqual(
    sites.map(({ file, inside, access, cell, partners }) => [
      `${file} ${inside}`,
      `${access}(${cell})`,
      partners.map((partner) => partner.text).join(', ') || '–',
    ]),
  );
  const stays = sites.map(({ key }) => known.stays[key] && `stays: ${known.stays[key]}`);
  expect(rows.map((row) => (row[5].startsWith('stays: ') ? row[5] : undefined))).toEqual(stays);
});

describe('what it says of the ring is what comes back', () => {
  const matter = sites.flatMap((site, i) => {
    const first = /^.*?: `([^`]+)` \d+/.exec(rows[i][5]);
    if (!/^(ring|trackers)\//.test(site.file) || first === null) return [];
    const says = rows[i][5].split('; ').flatMap((entry) => {
      const there = new RegExp(`\`${first[1]}\` \\d+`).exec(entry);
      return there === null ? [] : [`${entry.split(': ')[0]}: ${there[0]}`];
    });
    return [{ ...site, scenario: first[1], says: says.join('; ') }];
  });
  // Every other one, unless GFNRING_LONG is set.
  const asked = matter.filter((_, i) => i % 2 === 0 || process.env.GFNRING_LONG !== undefined);
  test.each(asked)('$key', (site) => {
    expect(cellText(runWeakened(site, [site.scenario], ['weak']))).toBe(site.says);
  });
});

test('the comments are held to it: a partner is named, is there, and answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gfnring-sites-'));
  const scan = (lines: readonly string[]) => {
    mkdirSync(join(folder, 'ring'), { recursive: true });
    writeFileSync(join(folder, 'ring/a.ts'), lines.join('\n'));
    return () => sitesIn(folder, ['ring']);
  };
  const writer = (comment: string) => [
    'export function give(mem) {',
    `  mem.storeRelease(ring.flag, 1);${comment}`,
    '}',
  ];
  const reader = (comment: string) => ['export function take(mem) {', `  mem.loadAcquire(ring.flag);${comment}`, '}'];
  const [give, take] = [' // pairs with loadAcquire(flag) in take', ' // pairs with storeRelease(flag) in give'];
  expect(scan([...writer(give), ...reader(take)])()).toHaveLength(2);
  expect(scan([...writer(give), ...reader('')])).toThrow('no comment says what it pairs with');
  expect(scan(writer(give))).toThrow('there is no loadAcquire(flag) in take');
  expect(scan([...writer(give), ...reader(' // pairs with storeRelease(flag) in other')])).toThrow(
    'which does not say so',
  );
  rmSync(folder, { recursive: true });
});

test('one ordering is weakened, and no other', () => {
  const source = 'mem.storeRelease(a, 1); mem.wmb(); mem.xchg(b, f(2)); mem.storeRelease(c, 3);';
  const made = (access: string, number: number) =>
    patched(source, weakening(source, { file: 'a.ts', access, number })).split('\n')[0];
  expect(made('storeRelease', 3)).toBe(source.replace('mem.storeRelease(c', 'mem.store(c'));
  expect(made('wmb', 1)).toBe(source.replace('mem.wmb()', 'void 0'));
  expect(made('xchg', 2)).toBe(source.replace('mem.xchg(b', 'inTwo.xchg(mem, b'));
  expect(() => made('wmb', 0)).toThrow('ordering 0 is storeRelease');
});

test.runIf(process.env.GFNRING_LONG)(
  'docs/barriers.md is what npm run barriers writes',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'gfnring-barriers-'));
    const file = join(folder, 'barriers.md');
    const { status, stderr } = spawnSync(process.execPath, ['bench/barriers.mjs', file], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.anything()]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    rmSync(folder, { recursive: true });
  },
  600_000,
);
