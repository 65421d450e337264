import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { knownBarriers } from '../../selftest/barriers/command.ts';
import { type Site, sitesIn, weakening, withSites } from '../../selftest/barriers/sites.ts';
import { runWeakened } from '../../selftest/barriers/weaken.ts';
import { patched } from '../../selftest/patch/patch.ts';
import { emptyFolder } from '../commandLine.ts';

const known = knownBarriers();
const tables = withSites('src', known.tables);
const sites = tables.flatMap((table) => table.sites);

test('each argument for an ordering names one that exists', () => {
  expect(sites.length).toBeGreaterThan(10);
  const keys = sites.map(({ key }) => key);
  const argued = [...Object.keys(known.stays), ...Object.keys(known.staysUnderLkmm)];
  expect(argued.filter((key) => !keys.includes(key))).toEqual([]);
});

describe('weakening an ordering is found, or the ordering has an argument to stay', () => {
  const weakened = tables.flatMap(({ sites, scenarios, lkmm = [] }) =>
    sites.map((site) => ({ ...site, scenarios, lkmm })),
  );
  // One of the ring's orderings, without lkmm. All orderings of all trackers under all models if
  // GFNRING_LONG is set.
  const isLong = process.env.GFNRING_LONG !== undefined;
  const asked = !isLong ? weakened.filter(({ file }) => file.startsWith('ring/')).slice(0, 1) : weakened;
  test.each(asked)('$key', ({ scenarios, lkmm, ...site }) => {
    const matters = runWeakened(site, scenarios, ['sc', 'tso', 'rc11']).some(({ property }) => property !== null);
    expect(matters).toBe(known.stays[site.key] === undefined);
    if (lkmm.length === 0 || !isLong) return;
    const underLkmm = runWeakened(site, lkmm, ['lkmm']).some(({ property }) => property !== null);
    expect(underLkmm).toBe(known.staysUnderLkmm[site.key] === undefined);
  });
});

test('the comment of each ordering names a partner, which exists and names it back', () => {
  const folder = emptyFolder();
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

test('exactly one ordering is weakened', () => {
  const source = 'mem.storeRelease(a, 1); mem.wmb(); mem.xchg(b, f(2)); mem.storeRelease(c, 3);';
  const made = (access: Site['access'], number: number) =>
    patched(source, weakening(source, { file: 'a.ts', access, number })).split('\n')[0];
  expect(made('storeRelease', 3)).toBe(source.replace('mem.storeRelease(c', 'mem.store(c'));
  expect(made('wmb', 1)).toBe(source.replace('mem.wmb()', 'void 0'));
  expect(made('xchg', 2)).toBe(source.replace('mem.xchg(b', 'inTwo.xchg(mem, b'));
  expect(() => made('wmb', 0)).toThrow('ordering 0 is storeRelease');
});
