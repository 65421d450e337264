import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withChecksum } from '../../src/input/checksum.ts';
import { type Run, temporaryFolder } from '../commandLine.ts';
import { gfnringWith } from '../selftest/gfnring.ts';
import { hasChromium, keep, launch, open } from './chromium.ts';

const { folder, gfnringHere, path: at } = temporaryFolder();
const example = (name: string): string => join(process.cwd(), 'examples', `${name}.mjs`);

/** Explores, and writes the page of the finding. */
async function reported(
  name: string,
  run: (...args: string[]) => Run | Promise<Run>,
  ...explore: string[]
): Promise<string> {
  const { stdout } = await run('explore', ...explore, '--scheduler', 'exhaustive', '--dir', name, '--json');
  const { status, stderr } = await run('report', JSON.parse(stdout).findings[0].file, '--html', `${name}.html`);
  expect([status, stderr]).toEqual([0, '']);
  return at(`${name}.html`);
}

const spoken = (page: Page): Promise<string | null> => page.locator('#spoken').textContent();
const steps = (page: Page) => page.getByRole('option');

/** Skipped if Chromium is not installed. */
const inBrowser = test.skipIf(!hasChromium);
let browser: Browser;
let noFlush: string;
beforeAll(async () => {
  if (!hasChromium) return;
  browser = await launch();
  noFlush = await reported('no-flush', (...args) => gfnringWith('no-flush', folder, ...args), 'dirty-again');
}, 120_000);
afterAll(() => browser?.close());

inBrowser('shows columns, arrows, locks and the step of the violation, without any request', async () => {
  const { page, requests, complaints } = await open(browser, noFlush);
  await expect(page.title()).resolves.toContain('R12 slots_lock spans reset and flush');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('R12 slots_lock spans reset and flush');
  expect(await page.locator('.names').innerText()).toMatch(/vcpu0\s+userspace/);
  // It opens at the violation.
  expect(await spoken(page)).toContain('Step 32 of 32, userspace: unlock slots_lock; here fails: R12');
  expect(await page.locator('.row.broken').getAttribute('id')).toBe('s32');
  // Userspace reads the shared prod that vcpu0 stored.
  expect(await page.locator('path.arrow[data-from="11"][data-to="18"]').count()).toBe(1);
  expect(await page.locator('text.held-name').allTextContents()).toContain('slots_lock');
  expect(await page.locator('.row.operation').allTextContents()).toContain('collect');
  await keep(page, 'finding');
  expect(requests).toEqual([pathToFileURL(noFlush).href]);
  expect(complaints).toEqual([]);
  await page.close();
});

inBrowser('keys select steps, and the panel shows memory after each', async () => {
  const { page } = await open(browser, noFlush);
  await page.keyboard.press('Home');
  expect(await spoken(page)).toBe('Step 1 of 32, vcpu0: load   ring0.prod_index → 0; begins write page 0');
  const state = page.getByRole('complementary');
  expect(await state.innerText()).toContain('prod_index 0 · cons_index 0 · prod 0 · cons 0');
  expect(await state.getByRole('row', { name: 'page0' }).innerText()).toMatch(/page0\s+armed\s+–\s+0\s+0/);
  for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowDown');
  expect(await spoken(page)).toContain('Step 11 of 32, vcpu0: storeRelease ring0.prod = 1');
  expect(await state.innerText()).toContain('prod_index 1 · cons_index 0 · prod 1 · cons 0');
  expect(await state.locator('.entry.used').innerText()).toContain('[0]');
  expect(await state.locator('mark').allTextContents()).toEqual(['1']);
  expect(await state.getByRole('row', { name: 'mmu_lock' }).innerText()).toContain('vcpu0');
  await page.keyboard.press('ArrowUp');
  expect(await spoken(page)).toContain('Step 10 of 32');
  await page.keyboard.press('End');
  expect(await spoken(page)).toContain('Step 32 of 32');
  await page.keyboard.press('PageUp');
  expect(await spoken(page)).not.toContain('Step 32 of 32');
  await page.keyboard.press('f');
  expect(await spoken(page)).toContain('Step 32 of 32');
  await steps(page).nth(-3).click();
  expect(await spoken(page)).toContain('Step 30 of 32');
  await page.close();
});

inBrowser('a step has an address and its line of code', async () => {
  const { page } = await open(browser, noFlush, '#step=12');
  expect(await spoken(page)).toContain('Step 12 of 32');
  expect(await page.locator('#line').textContent()).toMatch(/at \S+\.ts:\d+:\d+$/);
  expect(await page.locator('pre.code').textContent()).toContain('mem.store(page.armed, WRITABLE)');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => location.hash === '#step=13');
  await page.evaluate(() => {
    location.hash = '#step=20';
  });
  await page.waitForFunction(() => document.querySelector('#spoken')?.textContent?.startsWith('Step 20 '));
  await page.close();
});

inBrowser('a filter leaves the steps on a cell and on the cells that overlap it', async () => {
  const { page } = await open(browser, noFlush);
  await page.keyboard.press('/');
  await page.keyboard.type('page0.translations');
  expect(await page.locator('#count').textContent()).toMatch(/^\d of 32 steps$/);
  const shown = await steps(page).allTextContents();
  expect(shown.some((text) => text.includes('page0.word'))).toBe(true);
  expect(shown.some((text) => text.includes('ring0'))).toBe(false);
  await page.keyboard.press('Escape');
  expect(await steps(page).count()).toBeGreaterThan(20);
  await page.getByRole('combobox', { name: 'Cell' }).fill('no such cell');
  expect(await steps(page).count()).toBe(0);
  expect(await page.getByText('No step matches the filter.').count()).toBe(1);
  await page.close();
});

inBrowser('text has enough contrast in light and in dark colours', async () => {
  for (const scheme of ['light', 'dark'] as const) {
    const { page } = await open(browser, noFlush, '#step=20', scheme);
    await keep(page, `finding-${scheme}`);
    const colors = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      const names = [
        'paper',
        'panel',
        'selected',
        'ink',
        'quiet',
        'accent',
        'read',
        'stale',
        'lock',
        'lock-paper',
        'failed',
        'failed-paper',
        'used',
        'changed',
      ];
      return Object.fromEntries(
        names.map((name) => {
          probe.style.color = `var(--${name})`;
          return [name, getComputedStyle(probe).color];
        }),
      );
    });
    const pairs = [
      ...['ink', 'quiet', 'accent', 'read', 'stale', 'failed'].flatMap((text) =>
        ['paper', 'panel', 'selected'].map((under) => [text, under]),
      ),
      ...[
        ['lock', 'lock-paper'],
        ['failed', 'failed-paper'],
        ['ink', 'used'],
        ['accent', 'used'],
        ['quiet', 'used'],
        ['ink', 'changed'],
      ],
    ];
    for (const [text, under] of pairs)
      expect([scheme, text, under, contrast(colors[text], colors[under]) >= 4.5]).toEqual([scheme, text, under, true]);
    await page.close();
  }
});

inBrowser('every control has a role and a name, and focus is visible', async () => {
  const { page } = await open(browser, noFlush);
  await page.keyboard.press('Home');
  const list = page.getByRole('listbox', { name: 'Steps in the order of the schedule' });
  expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await list.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
  const first = page.getByRole('option', { name: /^Step 1 of 32, vcpu0: load/ });
  expect(await first.getAttribute('aria-selected')).toBe('true');
  expect(await first.getAttribute('aria-setsize')).toBe('32');
  expect(await page.locator('#spoken').getAttribute('aria-live')).toBe('polite');
  for (const [role, name] of [
    ['main', ''],
    ['toolbar', 'Steps'],
    ['button', 'Next step'],
    ['button', 'To the step of the violation'],
    ['spinbutton', /^Step/],
    ['combobox', 'Cell'],
    ['complementary', 'Memory after the step'],
    ['region', 'ring0'],
    ['list', 'entries of ring0'],
  ] as const)
    expect([role, name, await page.getByRole(role, { name }).count()]).toEqual([role, name, 1]);
  // Every control has an accessible name.
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll('button, input, a, [role="option"]')]
      .filter(
        (element) =>
          !(
            element.getAttribute('aria-label') ||
            element.textContent?.trim() ||
            (element as HTMLInputElement).labels?.length
          ),
      )
      .map((element) => element.outerHTML),
  );
  expect(nameless).toEqual([]);
  const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  await page.close();
});

inBrowser('the panel shows store buffers under tso and readable values under rc11', async () => {
  const tso = await open(
    browser,
    await reported('tso', gfnringHere, example('sb'), '--memory-model', 'tso'),
    '#step=4',
  );
  expect(await tso.page.getByRole('region', { name: 'Store buffers, oldest first' }).innerText()).toMatch(
    /a\s+x = 1 \(step 1\)/,
  );
  await keep(tso.page, 'tso');
  const rc11 = await open(browser, await reported('rc11', gfnringHere, example('publish'), '--memory-model', 'rc11'));
  expect(
    await rc11.page.getByRole('region', { name: 'Values that actors may still read, newest first' }).innerText(),
  ).toMatch(/userspace\s+record\s+7 or 0/);
  expect(await rc11.page.locator('.note.stale').textContent()).toContain('← the initial value, not 1');
  await keep(rc11.page, 'rc11');
  await tso.page.close();
  await rc11.page.close();
});

inBrowser('20,000 steps open within seconds, and keys stay fast', { timeout: 180_000 }, async () => {
  writeFileSync(at('long.mjs'), LONG);
  const schedule = '0x5,1x15,'.repeat(1000).slice(0, -1);
  const finding = {
    ...{ schema: 2, kind: 'finding', property: 'x', message: 'y', memoryModel: 'sc', tearing: false },
    contextSwitches: 1999,
    schedule,
    scenario: { schema: 1, name: 'long', module: 'long.mjs' },
  };
  writeFileSync(at('long.json'), JSON.stringify(withChecksum(finding)));
  expect((await gfnringHere('report', 'long.json', '--html', 'long.html', '--trust')).stderr).toBe('');
  const before = performance.now();
  const { page } = await open(browser, at('long.html'), '#step=10000');
  expect(await spoken(page)).toContain('Step 10000 of 20000');
  expect(performance.now() - before).toBeLessThan(15_000);
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(1500);
  // By the page's own clock: the cost of a key, with the drawing that follows.
  const cost = await page.evaluate(async () => {
    const key = (name: string) =>
      document.activeElement!.dispatchEvent(
        new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }),
      );
    const begin = performance.now();
    for (const name of ['End', 'Home', 'PageDown', ...Array(17).fill('ArrowDown')]) {
      key(name);
      await new Promise(requestAnimationFrame);
    }
    return (performance.now() - begin) / 20;
  });
  expect(cost).toBeLessThan(250);
  expect(await spoken(page)).toMatch(/^Step \d+ of 20000/);
  await keep(page, 'long');
  await page.close();
});

inBrowser('the page of a campaign contains its findings and their interleavings', async () => {
  const { stderr } = await gfnringHere(
    'fuzz',
    example('lost-update'),
    'ring',
    '--executions',
    '1024',
    '--workers',
    '1',
    '--dir',
    'night',
    '--quiet',
  );
  expect(stderr).toBe('');
  expect(await gfnringHere('report', 'night', '--html', 'night.html')).toMatchObject({ status: 0, stderr: '' });
  const { page, requests, complaints } = await open(browser, at('night.html'));
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('1 finding');
  expect(await page.getByRole('region', { name: 'Scenarios' }).innerText()).toContain('lost-update');
  expect(await page.getByRole('img', { name: /^Coverage by executions: transitions ends at \d/ }).count()).toBe(1);
  expect(await page.getByRole('img', { name: /^Coverage over time/ }).count()).toBe(1);
  await keep(page, 'campaign');
  const [file] = readdirSync(at('night/findings'));
  expect(await page.getByRole('link', { name: 'its file' }).getAttribute('href')).toBe(`night/findings/${file}`);
  await page.getByRole('link', { name: 'lost-update: the interleaving' }).click();
  expect(await spoken(page)).toContain('no addition is lost');
  await page.keyboard.press('Home');
  await page.waitForFunction(() => /^#finding=\w+&step=1$/.test(location.hash));
  await keep(page, 'campaign-finding');
  await page.getByRole('link', { name: '← the campaign' }).click();
  await page.getByRole('heading', { level: 1, name: /1 finding/ }).waitFor();
  expect([requests, complaints]).toEqual([[pathToFileURL(at('night.html')).href], []]);
  await page.close();
});

/** Contrast ratio of two colors like `rgb(1, 2, 3)`, as WCAG 2.2 defines it. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [red, green, blue] = color.match(/\d+/g)!.map((text) => {
      const part = Number(text) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** Two actors put and take a thousand records; each pair of operations has 20 steps. */
const LONG = `
import { scenario } from 'gfnring';
function put(mem, { slots, head, m }) {
  mem.lock(m);
  const at = mem.load(head);
  mem.store(slots[at % 8], at);
  mem.storeRelease(head, at + 1);
  mem.unlock(m);
}
function take(mem, { slots, head, tail }) {
  mem.loadAcquire(head);
  const at = mem.load(tail);
  mem.load(slots[at % 8]);
  mem.store(tail, at + 1);
  for (let i = 0; i < 11; i++) mem.load(head);
}
export default scenario({
  name: 'long',
  cells: { slots: { type: 'u32', length: 8 }, head: 'u32', tail: 'u32' },
  locks: ['m'],
  actors: { one: Array(1000).fill(put), two: Array(1000).fill(take) },
});
`;
