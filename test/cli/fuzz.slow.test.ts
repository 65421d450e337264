import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startIn, temporaryFolder } from '../commandLine.ts';
import { gfnringWith } from '../selftest/gfnring.ts';

const module = join(process.cwd(), 'examples/lost-update.mjs');
const { folder, gfnring, gfnringHere, path, write } = temporaryFolder();
const small = ['--executions', '512', '--workers', '1'];

test('fuzz prints findings, the commands that reproduce them and the coverage, and writes reports', async () => {
  const { status, stdout, stderr } = await gfnringHere(
    'fuzz',
    module,
    ...small,
    '--dir',
    'a',
    '--report',
    'junit=a.xml,sarif=a.sarif,github',
  );
  expect(status).toBe(1);
  expect(stdout).toContain('✗ no addition is lost');
  const [, line] = /reproduce {4}npx (gfnring replay \S+)/.exec(stdout) ?? [];
  expect(await gfnringHere(...line.split(' ').slice(1))).toMatchObject({ status: 1 });
  expect(stdout).toMatch(/^512 executions of 1 scenario and mutations, [\d,]+ per second; seed 1$/m);
  expect(stdout).toMatch(/^covered: \d+ reads-from pairs/m);
  expect(stdout).toMatch(/^claims not reached: none$/m);
  expect(stdout).toMatch(/^1 finding: a\/findings$/m);
  expect(stderr).toMatch(/^::error file=.*lost-update\.mjs,line=\d+,col=\d+,title=no addition is lost::/m);
  expect(readFileSync(path('a.xml'), 'utf8')).toContain('<failure message="no addition is lost"');
  expect(JSON.parse(readFileSync(path('a.sarif'), 'utf8')).version).toBe('2.1.0');
});

test('fuzz --json prints one document, and --resume continues a campaign', async () => {
  const first = gfnring('fuzz', 'all-stop', ...small, '--dir', 'b', '--json', '--seed', '7');
  expect(first.status).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({ executions: 512, seed: 7, outcome: 'limit', findings: [] });
  const more = await gfnringHere(
    'fuzz',
    'all-stop',
    '--executions',
    '1024',
    '--workers',
    '1',
    '--dir',
    'b',
    '--json',
    '--seed',
    '7',
    '--resume',
  );
  expect(JSON.parse(more.stdout)).toMatchObject({ executions: 1024, seed: 7 });
  expect((await gfnringHere('fuzz', ...small, '--dir', 'b', '--json', '--resume')).stdout).toContain(
    '"executions": 1024',
  );
});

test('finds a canary, and its finding is replayed with the bug in it', async () => {
  const patched = (...args: string[]) => gfnringWith('no-flush', folder, ...args);
  const { status, stdout } = patched('fuzz', 'dirty-again', ...small, '--dir', 'c', '--json');
  expect(status).toBe(1);
  const { findings, canary } = JSON.parse(stdout);
  expect(canary).toBe('no-flush');
  expect(findings[0].property).toBe('R12 slots_lock spans reset and flush');
  expect(patched('replay', findings[0].file, '--quiet')).toMatchObject({ status: 1 });
  expect(patched('corpus', 'minimise', 'c', '--quiet')).toMatchObject({ status: 1, stderr: '' });
  const resume = ['fuzz', '--dir', 'c', '--resume', '--executions', '1024', '--workers', '1', '--json'];
  const more = patched(...resume);
  expect(await gfnringHere(...resume)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('with the canary no-flush'),
  });
  expect(JSON.parse(more.stdout)).toMatchObject({ canary: 'no-flush', executions: 1024 });
});

test('fuzz stops at a signal with a summary, and can be resumed', async () => {
  const { child, ended } = startIn(folder, 'fuzz', 'vm', '--workers', '1', '--dir', 'd');
  const hasRun = (): boolean => existsSync(path('d/journal')) && statSync(path('d/journal')).size > 0;
  await vi.waitUntil(hasRun, { interval: 50, timeout: 50_000 });
  child.kill('SIGINT');
  const { status, stdout } = await ended;
  expect(status).toBe(130);
  expect(stdout).toMatch(/^[\d,]+ executions of 1 scenario/);
  expect(await gfnringHere('fuzz', '--dir', 'd', '--resume', ...small)).toMatchObject({ status: 0 });
});

test.each([
  [['no-such'], /^gfnring: unknown scenario no-such: 'gfnring list' shows/],
  [['ring', 'ring'], /two scenarios are called ring/],
  [['ring', '--resume', '--dir', 'nowhere'], /^gfnring: nowhere is no campaign: there is no such directory\n$/],
  [['ring', '--dir', 'full'], /^gfnring: full is not empty, and no campaign/],
  [['ring', '--dir', 'a'], /^gfnring: a has a campaign already: --resume continues it/],
  [['--dir', 'a', '--resume', '--seed', '2'], /^gfnring: --resume: the campaign in a has another seed/],
  [['ring', '--dir', 'a', '--resume'], /^gfnring: --resume: the campaign in a has other scenarios/],
  [['ring', '--shard', '3/2'], /^gfnring: --shard is '3\/2': must be i\/n/],
  [['ring', '--report', 'html=x'], /^gfnring: --report is 'html=x': must be junit=FILE/],
  [['ring', '--report', 'junit=x,sarif=./x'], /^gfnring: --report is .*: each format once, and each to its own file/],
  [['ring', '--executions', '0'], /^gfnring: --executions is '0'/],
])('fuzz %j ends with one line and status 2', async (args, line) => {
  mkdirSync(path('full'), { recursive: true });
  write('full/notes.txt', 'mine');
  const { status, stdout, stderr } = await gfnringHere('fuzz', ...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(line);
  expect(stderr.trimEnd()).not.toContain('\n');
});

test('corpus merges shards and removes redundant entries', async () => {
  for (const part of [1, 2])
    expect((await gfnringHere('fuzz', 'ring', ...small, '--shard', `${part}/2`, '--dir', `s${part}`)).status).toBe(0);
  symlinkSync('s.xml', path('link.xml'));
  write('s.xml', '');
  const merged = await gfnringHere('corpus', 'merge', 's1', 's2', '--json', '--report', 'junit=link.xml');
  expect(JSON.parse(merged.stdout)).toMatchObject({ executions: 1024, batches: 2, findings: [] });
  expect(readFileSync(path('s.xml'), 'utf8')).toContain('<testsuites');
  const before = readdirSync(path('s1/corpus')).length;
  expect((await gfnringHere('corpus', 'minimise', 's1')).stdout).toMatch(
    new RegExp(`^\\d+ corpus entr(y|ies) of ${before} before`),
  );
  expect(readdirSync(path('s1/corpus')).length).toBeLessThan(before);
  const refused = await gfnringHere('corpus', 'merge', 's1', 's2', '--json', '--report', 'junit=s2');
  expect([refused.status, refused.stderr]).toEqual([2, 'gfnring: cannot write s2: EISDIR\n']);
  expect(JSON.parse(refused.stdout)).toMatchObject({ executions: 1024 });
  expect(await gfnringHere('corpus', 'merge', 's1', 'nowhere')).toMatchObject({ status: 2 });
});
