import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { canariesOf } from '../../src/canaries/canary.ts';
import { runCanary, runUnmodified } from '../../src/canaries/runs.ts';

const EFFORT = { seeds: 3, seed: 1, seconds: 0.2, proofSeconds: 5 };
const BOTH = new Set(['states', 'optimal'] as const);
const canary = canariesOf('gfn-ring');
const gfnring = (...args: string[]) =>
  spawnSync(process.execPath, ['dist/cli/main.js', ...args], { encoding: 'utf8', timeout: 50_000 });

test('a bug that is none is not caught, and it says by what', async () => {
  const none = canary('none', 'a test', 'all-stop', ['R3'], ['ring/push', 'return used + 1', 'return 1 + used']);
  const { caught, by, missedBy, schedulers, executions, seconds, switches, error } = await runCanary(
    none,
    EFFORT,
    BOTH,
  );
  expect([caught, by, missedBy, executions, seconds, switches, error]).toEqual([
    ...[false, null, ['states', 'optimal', 'portfolio'], null, null, null, null],
  ]);
  // The third seed cannot change the median any more.
  expect(schedulers.portfolio).toEqual({ caught: 0, of: 2, executions: null, seconds: null });
});

test('what is caught by another property than the one named is said to be', async () => {
  const other = canary('other', 'a test', 'ring', ['R5'], ['ring/push', 'return used + 1', 'return used']);
  const result = await runCanary(other, EFFORT, BOTH);
  expect(result).toMatchObject({
    caught: true,
    asExpected: false,
    switches: 0,
    executions: 1,
    missedBy: [],
    error: null,
  });
  expect(result.by).toMatch(/^R6/);
});

test('a patch that does not fit is an error, and nothing caught', async () => {
  const lost = canary('lost', 'a test', 'ring', ['R5'], ['ring/push', 'this is not there', '']);
  const { caught, error } = await runCanary(lost, EFFORT, new Set());
  expect([caught, error]).toEqual([false, 'Error: a patch of ring/push fits 0 places, not one: this is not there']);
});

test('a process that hangs is ended', async () => {
  const hung = canary('hung', 'a test', 'ring', ['R5'], ['models/ring', 'BUSY = -16', 'BUSY = -16; for (;;)']);
  const { caught, error } = await runCanary(hung, { ...EFFORT, graceSeconds: 2 }, new Set());
  expect([caught, error]).toEqual([false, 'no answer after 7 seconds']);
});

test('a scenario that fails as it is is a false alarm', async () => {
  const known = canary('known', 'a test', 'gfn-list/not-paused', ['NL1'], ['ring/push', 'used + 1', 'used']);
  const { falseAlarms } = await runUnmodified(known, EFFORT);
  expect(falseAlarms.length).toBeGreaterThan(0);
  const { falseAlarms: none, proofs } = await runUnmodified({ ...known, scenario: 'all-stop' }, EFFORT);
  expect([none, proofs.states?.exhausted, proofs.optimal?.exhausted]).toEqual([[], true, true]);
});

test('the command', () => {
  const { stdout, status } = gfnring('canaries', 'full-one-entry-late', '--seeds', '2', '--json');
  const { canaries, unmodified, falseAlarms } = JSON.parse(stdout);
  expect([status, canaries.length, unmodified.length, falseAlarms]).toEqual([0, 1, 1, []]);
  expect(canaries[0]).toMatchObject({
    name: 'full-one-entry-late',
    tracker: 'gfn-ring',
    caught: true,
    by: expect.stringMatching(/^R5/),
    executions: 1,
    seconds: expect.any(Number),
  });
  expect(gfnring('canaries', 'none')).toMatchObject({
    status: 2,
    stderr: "gfnring: unknown canary none: 'gfnring canaries --list' names them\n",
  });
  expect(gfnring('canaries', '--list', 'no-mask').stdout).toBe('no-mask gfn-ring the mail, January 2017\n');
});

test('check turns red with a canary in it', () => {
  const { status, stdout } = gfnring('check', '--canary', 'flush-after-unlock', '--quiet');
  expect([status, stdout]).toEqual([1, expect.stringContaining('VIOLATED: R12 slots_lock spans reset and flush')]);
  // That of its own tracker, and under its own memory model.
  const bitmap = gfnring('check', '--canary', 'bitmap-no-flush', '--quiet');
  expect([bitmap.status, bitmap.stdout]).toEqual([1, expect.stringContaining('✗ dirty-bitmap/')]);
  const weak = gfnring('check', '--canary', 'push-without-release', '--quiet');
  expect([weak.status, weak.stdout]).toEqual([1, expect.stringContaining('memory model weak')]);
});

test('a finding says its canary: it replays with it in, and no other way', () => {
  const explored = gfnring('explore', '--canary', 'no-mask', '--scheduler', 'exhaustive', '--json');
  expect(explored.status).toBe(1);
  const [{ file, canary, property }] = JSON.parse(explored.stdout).findings;
  expect([canary, property]).toEqual(['no-mask', 'no operation crashes']);
  expect(gfnring('replay', file, '--on', 'workers')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('the same on'),
  });
  expect(gfnring('explore', file, '--executions', '500').stdout).toContain('no operation crashes');
});
