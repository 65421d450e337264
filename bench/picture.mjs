/**
 * Writes the picture in the README: `npm run picture` (needs Debian's chromium). It shows the page
 * of the finding that the README shows, at the step where the copy is taken.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const folder = mkdtempSync(join(tmpdir(), 'gfnring-'));
const gfnring = (...args) => {
  try {
    execFileSync(process.execPath, ['dist/cli/main.js', ...args], { stdio: 'ignore' });
  } catch (error) {
    if (error.status !== 1) throw error;
  }
};
gfnring('explore', 'dirty-ring@6.17/two-resetters', '--scheduler', 'exhaustive', '--dir', folder);
const [finding] = readdirSync(folder);
const page = join(folder, 'page.html');
gfnring('report', join(folder, finding), '--html', page);

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const tab = await browser.newPage({ viewport: { width: 1600, height: 860 }, colorScheme: 'light' });
await tab.goto(`${pathToFileURL(page)}#step=41`);
await tab.screenshot({ path: 'docs/finding.png' });
await browser.close();
