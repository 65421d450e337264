import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { randomOf } from '../../src/explore/random.ts';
import { emptyFolder, startIn } from '../commandLine.ts';
import { apart } from './campaigns.ts';

const long = process.env.GFNRING_LONG === '1';
const [KILLS, EXECUTIONS] = long ? [50, 60_000] : [3, 2_000];
/**
 * Maximum life of a process after its start-up, as a fraction of the time that the campaign takes
 * on two workers.
 */
const LIFE = long ? 0.05 : 0.25;

/**
 * Runs `gfnring fuzz` and kills it after `life` milliseconds. Returns its summary, or undefined if
 * it was killed.
 */
async function fuzz(directory: string, workers: number, life: number, ...args: string[]): Promise<unknown> {
  const scenarios = ['ring', 'dirty-again', './examples/lost-update.mjs', 'gfn-list/not-paused'];
  const options = [
    '--executions',
    `${EXECUTIONS}`,
    '--seed',
    '7',
    '--workers',
    `${workers}`,
    '--dir',
    directory,
    '--json',
  ];
  const { child, ended } = startIn('.', 'fuzz', ...scenarios, ...options, ...args);
  const timer = Number.isFinite(life) ? setTimeout(() => child.kill('SIGKILL'), life) : undefined;
  const { status, stdout, stderr } = await ended;
  clearTimeout(timer);
  if (child.signalCode === 'SIGKILL') return undefined;
  expect([status, stderr.replace(/^\d.* executions,.*\n/gm, '')]).toEqual([1, '']);
  const { ended: _, workers: __, ...summary } = JSON.parse(stdout);
  return apart(summary);
}

const filesIn = (directory: string, folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(directory, folder)).map((name) => [name, readFileSync(join(directory, folder, name), 'utf8')]),
  );

test(`killed ${KILLS} times at random moments, a campaign has the same result as without`, {
  timeout: 1_200_000,
}, async () => {
  const folder = emptyFolder();
  const [undisturbed, disturbed] = [join(folder, 'undisturbed'), join(folder, 'disturbed')];
  const start = performance.now();
  const all = fuzz(undisturbed, 1, Infinity);
  await vi.waitUntil(() => existsSync(join(undisturbed, 'campaign.json')), { interval: 10, timeout: 60_000 });
  const startUp = performance.now() - start;
  const expected = await all;
  const most = startUp + (LIFE * (performance.now() - start - startUp)) / 2;
  const random = randomOf(1, 0);
  let killed = 0;
  let summary: unknown;
  for (let begun = false; summary === undefined; ) {
    const life = killed < KILLS ? ((random.next() >>> 0) / 2 ** 32) * most : Infinity;
    summary = await fuzz(disturbed, 2, life, ...(begun ? ['--resume'] : []));
    if (summary === undefined) killed++;
    begun ||= readdirSync(folder).includes('disturbed') && readdirSync(disturbed).includes('campaign.json');
  }
  expect(killed).toBeGreaterThan(KILLS / 2);
  expect(summary).toEqual(expected);
  for (const of of ['corpus', 'findings']) expect(filesIn(disturbed, of)).toEqual(filesIn(undisturbed, of));
});
