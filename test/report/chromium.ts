import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const PATH = '/usr/bin/chromium';
/** Debian's package, which `.ci/run` installs. */
export const hasChromium = existsSync(PATH);

/** Folder of the screenshots. */
const PICTURES = 'test/output';

/** Chromium's own requests are disabled too: the machine may have no network. */
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

/** An open page, the addresses that it requested, and its console messages and errors. */
export interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

/**
 * @param link fragment of the address.
 * @param width of the window, in pixels.
 */
export async function open(
  browser: Browser,
  file: string,
  link = '',
  colorScheme: 'light' | 'dark' = 'light',
  width = 1400,
): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
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
