import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Run, runNode, temporaryFolder } from '../commandLine.ts';

const { folder } = temporaryFolder();
const main = join(process.cwd(), 'build/selftest/main.js');

/** Runs a gfnring command by `selftest with`. */
const gfnringWith = (canary: string, ...command: readonly string[]): Run =>
  runNode([main, 'with', canary, '--', ...command], { cwd: folder });

test('a canary makes check fail', () => {
  const { status, stdout } = gfnringWith('flush-after-unlock', 'check', '--quiet');
  expect([status, stdout]).toEqual([1, expect.stringContaining('VIOLATED: R12 slots_lock spans reset and flush')]);
  // A defect that is not known is looked at first. The scenarios after it are named.
  expect(stdout).toMatch(/^stopped at a finding of no known defect, after \d+ of \d+ scenarios\nnot run: /m);
});

test('a finding names its canary, and replays on worker threads with it', () => {
  const { status, stdout } = gfnringWith('no-mask', 'explore', 'ring', '--scheduler', 'exhaustive', '--json');
  expect(status).toBe(1);
  const [{ file, canary, property }] = JSON.parse(stdout).findings;
  expect([canary, property]).toEqual(['no-mask', 'no operation crashes']);
  expect(gfnringWith('no-mask', 'replay', file, '--on', 'workers')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('the same on'),
  });
});

test('an unknown canary is rejected in one line', () => {
  expect(gfnringWith('none', 'check')).toEqual({
    status: 2,
    stdout: '',
    stderr: "selftest: unknown canary none: 'npm run canaries -- --list' has all names\n",
  });
});
