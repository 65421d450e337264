import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../commandLine.ts';
import { apart } from './campaigns.ts';

const { folder, gfnring } = temporaryFolder();
const flag = join(folder, 'flag');
let campaigns = 0;

/**
 * Runs a campaign of a module, on one worker by default. Returns its summary, and separately how it
 * ended.
 */
function fuzz(module: string, ...args: string[]) {
  const given = [
    'fuzz',
    module,
    '--dir',
    `campaign${campaigns++}`,
    '--json',
    ...(args.includes('--workers') ? [] : ['--workers', '1']),
    ...args,
  ];
  const { stdout, status, stderr } = gfnring(...given);
  if (stdout === '') return { status, stderr };
  const { ended, ...summary } = JSON.parse(stdout);
  return { status, ended, summary };
}

/**
 * A scenario with an operation that does `does` to its thread while the flag file exists.
 *
 * @param once the first execution removes the file.
 */
function unsound(name: string, does: string, once: boolean): string {
  const module = join(folder, `${name}.mjs`);
  writeFileSync(
    module,
    `import { existsSync, unlinkSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { scenario } from 'gfnring';
const unsound = () => {
  if (isMainThread || !existsSync(${JSON.stringify(flag)})) return;
  // Two workers may see the file. One of them removes it; rmSync does not say which.
  try { if (${once}) unlinkSync(${JSON.stringify(flag)}); } catch { return; }
  ${does}
};
export default scenario({
  name: '${name}',
  cells: { count: 'u32' },
  actors: { a: [(mem, { count }) => { unsound(); mem.fetchAdd(count, 1); }], b: [(mem, { count }) => mem.fetchAdd(count, 1)] },
  finally: { 'both count': ({ read, cells }) => read(cells.count) === 2 },
});
`,
  );
  return module;
}

/** Ends its thread, in a way that is not forbidden. */
const DIES = "process.removeAllListeners('uncaughtException'); setTimeout(() => { throw new Error('dies'); });";

test.each([
  ['dies', DIES, { died: 1, hung: 0 }],
  // It leaves the processor to others.
  ['hangs', 'for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);', { died: 0, hung: 1 }],
] as const)('a worker that %s is replaced, and its batch is run again', (name, does, expected) => {
  const module = unsound(name, does, true);
  const onTwo = ['--executions', '1024', '--workers', '2'];
  const undisturbed = fuzz(module, ...onTwo);
  writeFileSync(flag, '');
  const disturbed = fuzz(module, ...onTwo, '--patience', '20');
  expect(disturbed).toMatchObject({
    status: 0,
    ended: { by: 'executions', ...expected },
    summary: { lostBatches: [] },
  });
  expect(apart(disturbed.summary)).toEqual(apart(undisturbed.summary));
});

test('a batch that ends every worker is abandoned and reported', () => {
  writeFileSync(flag, '');
  const { status, summary } = fuzz(unsound('always', DIES, false), '--executions', '512', '--workers', '2');
  rmSync(flag);
  expect(status).toBe(3);
  expect(summary).toMatchObject({
    executions: 0,
    batches: 1,
    outcome: 'limit',
    lostBatches: [{ batch: 0, scenario: 'always' }],
  });
});

test.each([
  ['process.exit(0);', 'calls process.exit(0): a module must not do that'],
  ['setTimeout(() => { throw new Error("late"); });', 'an error outside of any operation: late'],
])('a module that does this to its thread is bad input: %s', (does, message) => {
  writeFileSync(flag, '');
  const { status, stderr } = fuzz(unsound('faulty', does, true), '--executions', '512');
  rmSync(flag, { force: true });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^gfnring: \S*faulty\.mjs.*\n$/);
  expect(stderr).toContain(message);
});

test.each(['process.reallyExit(0)', "process.kill(process.pid, 'SIGKILL')"])(
  'a module that calls this is to blame: %s',
  (call) => {
    writeFileSync(flag, '');
    const { status, stderr } = fuzz(unsound('ends', `${call};`, true), '--executions', '512');
    rmSync(flag, { force: true });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^gfnring: \S*ends\.mjs calls .*\n$/);
    expect(stderr).toContain(`calls ${call}: a module must not do that`);
  },
);

test('a timer that has not fired when the campaign ends is named', () => {
  writeFileSync(flag, '');
  const line = ['fuzz', unsound('later', 'setTimeout(() => { throw 1; }, 60_000);', true), '--executions', '512'];
  const { status, stderr } = gfnring(...line, '--workers', '1', '--dir', 'later');
  rmSync(flag, { force: true });
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^gfnring: \S*later\.mjs left open: a timer\n$/)]);
});

test('an operation that never returns is named when the time is over', () => {
  writeFileSync(flag, '');
  const blocks = unsound('blocks', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);', false);
  const line = ['fuzz', blocks, '--seconds', '2', '--workers', '1', '--dir', 'blocks'];
  const { status, stderr } = gfnring(...line);
  rmSync(flag, { force: true });
  const named = /^gfnring: when the time was over, operation \d of a, .* had not returned\n$/;
  expect([status, stderr]).toEqual([4, expect.stringMatching(named)]);
});

test('a batch that waits for a worker does not count as one that hangs', () => {
  writeFileSync(flag, '');
  const sleeps = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);';
  const slow = ['--executions', '1024', '--patience', '4.4'];
  const { ended } = fuzz(unsound('slow', sleeps, false), ...slow);
  rmSync(flag);
  expect(ended).toEqual({ by: 'executions', died: 0, hung: 0, writeError: null });
});

test('a time limit can be a month', () => {
  expect(fuzz('ring', '--executions', '512', '--patience', '2600000')).toMatchObject({
    status: 0,
    summary: { lostBatches: [] },
  });
});

test('a scenario that cannot be run is bad input', () => {
  const { status, stderr } = fuzz('./nowhere.mjs');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^gfnring: .*nowhere\.mjs.*\n$/);
});

test('a scenario that cannot be run on a worker is bad input, and is not tried again', () => {
  const module = join(folder, 'throws.mjs');
  writeFileSync(
    module,
    `import { scenario } from 'gfnring';
export default scenario({
  name: 'throws',
  cells: { count: 'u32' },
  actors: { a: [(mem, { count }) => mem.fetchAdd(count, 1)] },
  finally: { 'has no answer': () => { throw new Error('no answer'); } },
});
`,
  );
  const { status, stderr } = fuzz(module, '--executions', '512');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^gfnring: .*has no answer throws Error: no answer, at throws\.mjs:6\n$/);
});
