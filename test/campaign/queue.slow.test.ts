import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readText } from '../../src/files/readInput.ts';
import { startIn, temporaryFolder } from '../commandLine.ts';
import { apart } from './campaigns.ts';

const module = join(process.cwd(), 'examples/lost-update.mjs');
const { folder, path } = temporaryFolder();
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const common = ['ring', module, '--executions', '4096', '--seed', '3', '--json'];
const children: ChildProcess[] = [];
process.env.GFNRING_QUEUE_SECRET = 'of these tests';

/** A free port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function redis(port: number): Promise<ChildProcess> {
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(server);
  for await (const text of server.stdout!) if (String(text).includes('Ready to accept')) return server;
  throw new Error('redis-server did not start');
}

function start(...args: string[]) {
  const started = startIn(folder, ...args);
  children.push(started.child);
  return started;
}

/** Waits until the journal of a campaign has so many lines. */
const journalHas = (lines: number, directory: string): Promise<unknown> =>
  vi.waitUntil(() => (readText(path(`${directory}/journal`)) ?? '').split('\n').length > lines, {
    interval: 20,
    timeout: 50_000,
  });

/** A summary without the parts that depend on how it was run. */
function summaryIn(stdout: string): unknown {
  const { ended: _, workers: __, ...summary } = JSON.parse(stdout);
  return apart(summary);
}

afterAll(() => {
  delete process.env.GFNRING_QUEUE_SECRET;
  for (const child of children) child.kill('SIGKILL');
});

describe.skipIf(!hasRedis)('a campaign over a queue (skipped without redis-server)', () => {
  let port = 0;
  let url = '';
  let server: ChildProcess;
  beforeAll(async () => {
    port = await freePort();
    url = `redis://127.0.0.1:${port}`;
    server = await redis(port);
  });

  test('is not started in an unsuitable directory, and closes its connection', async () => {
    const { status, stderr } = await start('fuzz', ...common, '--queue', url, '--dir', process.cwd()).ended;
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^gfnring: .* is not empty, and no campaign.*\n$/)]);
  });

  test('gives the same result as on threads, although one worker is killed and another starts late', async () => {
    const alone = start('fuzz', ...common, '--workers', '1', '--dir', 'alone');
    const expected = await alone.ended;
    const campaign = start('fuzz', ...common, '--queue', url, '--dir', 'queued');
    const killed = start('work', url, '--workers', '1');
    await journalHas(2, 'queued');
    killed.child.kill('SIGKILL');
    const late = start('work', url, '--workers', '1');
    const { status, stdout } = await campaign.ended;
    expect(status).toBe(1);
    expect(summaryIn(stdout)).toEqual(summaryIn(expected.stdout));
    late.child.kill('SIGINT');
    expect(await late.ended).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+ tasks? done\n$/) });
  });

  test('continues after Redis restarted without its data', async () => {
    const campaign = start('fuzz', ...common, '--queue', url, '--dir', 'lost');
    const worker = start('work', url, '--workers', '1', '--quiet');
    await journalHas(1, 'lost');
    const gone = once(server, 'close');
    server.kill('SIGKILL');
    await gone;
    server = await redis(port);
    const { status, stdout, stderr } = await campaign.ended;
    worker.child.kill('SIGINT');
    await worker.ended;
    expect([status, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toMatchObject({ executions: 4096, lostBatches: [] });
  });

  test('ends with one line if Redis disappears, and keeps all results', async () => {
    const campaign = start('fuzz', ...common, '--executions', '1000000', '--queue', url, '--dir', 'gone');
    const worker = start('work', url, '--workers', '1', '--quiet');
    await journalHas(1, 'gone');
    server.kill('SIGKILL');
    const [{ status, stderr }, workerEnd] = await Promise.all([campaign.ended, worker.ended]);
    expect([status, workerEnd.status]).toEqual([3, 3]);
    const line = new RegExp(`redis://127\\.0\\.0\\.1:${port} went away`);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(line);
    expect(workerEnd.stderr.trimEnd()).toMatch(line);
    const more = start('fuzz', '--resume', '--dir', 'gone', '--executions', '1024', '--workers', '1', '--json');
    expect((await more.ended).status).toBe(1);
  });
});

describe.skipIf(!hasRedis)('a campaign over a queue that is not trusted, or does not answer', () => {
  test('runs no module without a secret, and says so', async () => {
    const { GFNRING_QUEUE_SECRET: secret, ...env } = process.env;
    process.env = env;
    const port = await freePort();
    await redis(port);
    const campaign = start('fuzz', ...common, '--queue', `redis://127.0.0.1:${port}`, '--dir', 'open');
    process.env.GFNRING_QUEUE_SECRET = secret;
    const { status, stderr } = await campaign.ended;
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^gfnring: .*mjs is not run over a queue without a secret: set /),
    ]);
  });

  test('ends with one line if Redis stops to answer, and a worker ends at the first signal', async () => {
    const stalled = await freePort();
    const silent = await redis(stalled);
    const address = `redis://127.0.0.1:${stalled}`;
    const campaign = start('fuzz', 'ring', '--seconds', '100', '--queue', address, '--dir', 'stalled');
    const workers = [1, 2].map(() => start('work', address, '--workers', '1', '--quiet'));
    await journalHas(1, 'stalled');
    silent.kill('SIGSTOP');
    const before = performance.now();
    workers[0].child.kill('SIGTERM');
    expect((await workers[0].ended).status).toBe(0);
    expect(performance.now() - before).toBeLessThan(5_000);
    for (const { ended } of [campaign, workers[1]]) {
      const { status, stderr } = await ended;
      expect([status, stderr.trimEnd().split('\n').at(-1)]).toEqual([
        3,
        expect.stringContaining(`${address} went away: no answer`),
      ]);
    }
    expect(performance.now() - before).toBeLessThan(25_000);
    const late = await start('work', address).ended;
    expect([late.status, late.stderr]).toEqual([2, `gfnring: cannot reach ${address}: no answer\n`]);
    silent.kill('SIGKILL');
  });
});

test.each([
  [
    ['fuzz', 'ring', '--queue', 'redis://127.0.0.1:1'],
    /^gfnring: cannot reach redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/,
  ],
  [['work', 'redis://user:secret@127.0.0.1:1'], /^gfnring: cannot reach redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/],
  [['work', 'amqp://127.0.0.1'], /^gfnring: 'amqp:\/\/127\.0\.0\.1' is no address of a Redis/],
  [['work', 'nowhere'], /^gfnring: 'nowhere' is no address/],
])('%j is refused in one line', async (args, line) => {
  const { status, stderr } = await start(...args).ended;
  expect(status).toBe(2);
  expect(stderr).toMatch(line);
  expect(stderr.trimEnd()).not.toContain('\n');
});
