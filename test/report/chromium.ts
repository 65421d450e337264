import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const PATH = '/usr/bin/chromium';
/** Debian's, as `.ci/run` installs it. */
export const hasChromium = existsSync(PATH);

/** Where screenshots are kept, for people to look at. */
const PICTURES = 'test/output';

/** Nothing of Chromium's own goes to a network either, which a machine that runs tests may not have. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: PATH, args: FLAGS });

/** A page that is open, and what it asked for and complained about: nothing but itself, and of nothing. */
export interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

/** @param link what stands behind the file's address. */
export async function open(
  browser: Browser,
  file: string,
  link = '',
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${pathToFileURL(file)}${link}`);
  return { page, requests, complaints };
}

export async function keep(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
