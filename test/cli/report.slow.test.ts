import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readTimeSamples } from '../../src/campaign/timeSamples.ts';
import { withChecksum } from '../../src/input/checksum.ts';
import { temporaryFolder } from '../commandLine.ts';
import { gfnringWith } from '../selftest/gfnring.ts';

const { folder, gfnring, gfnringHere, path: at, write } = temporaryFolder();
const patched = (...args: string[]) => gfnringWith('no-flush', folder, ...args);
/** The data in a page. */
const dataIn = (file: string) => JSON.parse(/id="data">(.*)<\/script>/.exec(readFileSync(at(file), 'utf8'))![1]);

/** A finding of a seeded bug. */
let finding: { file: string; property: string };
beforeAll(() => {
  const { stdout } = patched('explore', 'dirty-again', '--scheduler', 'exhaustive', '--dir', 'f', '--json');
  [finding] = JSON.parse(stdout).findings;
});

test('a finding as a page, a trace and text at once; missing folders are created', () => {
  const { status, stdout, stderr } = patched(
    'report',
    finding.file,
    '--html',
    'new/a.html',
    '--perfetto',
    'new/a.json',
    '--text',
  );
  expect([status, stderr]).toEqual([0, '']);
  const { stdout: replayed } = patched('replay', finding.file, '--lines');
  const trace = replayed.split('\n').slice(0, -2);
  expect(trace.length).toBeGreaterThan(30);
  expect(stdout).toContain(trace.join('\n'));
  const { failed, canary, commands, expected } = dataIn('new/a.html');
  expect([failed.property, canary, expected]).toEqual([finding.property, 'no-flush', undefined]);
  expect(commands[0]).toEqual({ what: 'reproduce', line: `npx gfnring replay ${finding.file}` });
  expect(JSON.parse(readFileSync(at('new/a.json'), 'utf8')).traceEvents.length).toBeGreaterThan(32);
});

test('the page says so if the code does not fail as the finding says', async () => {
  const { canary: _, ...mended } = JSON.parse(readFileSync(at(finding.file), 'utf8'));
  write('mended.json', JSON.stringify(withChecksum({ ...mended, schedule: '0x16' })));
  expect(await gfnringHere('report', 'mended.json', '--html', 'mended.html')).toMatchObject({ status: 0 });
  expect(dataIn('mended.html')).toMatchObject({ failed: null, expected: finding.property });
});

test('wrong input ends with one line and status 2', async () => {
  const unseen = { ...JSON.parse(readFileSync(at('mended.json'), 'utf8')), schedule: '', contextSwitches: 0 };
  write('unseen.json', withChecksum(unseen));
  write('none.json', '{}');
  mkdirSync(at('empty'), { recursive: true });
  for (const [args, why] of [
    [[finding.file], 'choose a format: --html FILE, --perfetto FILE, --text or --github'],
    [['nowhere.json', '--text'], 'cannot read the finding nowhere.json: ENOENT'],
    [['none.json', '--text'], 'none.json'],
    [['unseen.json', '--html', 'x.html'], 'unseen.json has no schedule to run'],
    [['empty', '--html', 'x.html'], 'empty is no campaign: it has no campaign.json'],
    [['empty', '--text'], 'empty is a directory: --text shows a finding; for a campaign use --html FILE'],
    [['mended.json', '--html', 'empty'], 'cannot write empty: EISDIR'],
    [[finding.file, '--html', 'x.html'], `${finding.file} was written with the canary no-flush: 'npm run selftest`],
  ] as const) {
    const { status, stdout, stderr } = await gfnringHere('report', ...args);
    expect([args, status, stdout]).toEqual([args, 2, '']);
    expect(stderr).toContain(`gfnring: ${why}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
});

test('a campaign, with the time samples of all its runs; its directory is only read', async () => {
  const night = (...more: string[]) => gfnringHere('fuzz', '--dir', 'night', '--workers', '1', '--quiet', ...more);
  await night(join(process.cwd(), 'examples/lost-update.mjs'), '--executions', '512');
  await night('--resume', '--executions', '1024');
  write('night/clock', `${readFileSync(at('night/clock'), 'utf8')}{"run":1,"sec`);
  const samples = readTimeSamples(at('night'));
  expect(new Set(samples.map(({ run }) => run)).size).toBe(2);
  expect(samples.map(({ seconds }) => seconds)).toEqual(samples.map(({ seconds }) => seconds).sort((a, b) => a - b));
  expect(samples.at(-1)).toMatchObject({ executions: 1024, findings: 1 });
  const journal = readFileSync(at('night/journal'), 'utf8');
  expect(gfnring('report', 'night', '--html', 'pages/night.html')).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(readFileSync(at('night/journal'), 'utf8')).toBe(journal);
  const campaign = dataIn('pages/night.html');
  expect(campaign).toMatchObject({
    kind: 'campaign',
    executions: 1024,
    coverage: { executions: 1024 },
    scenarios: [{ name: 'lost-update' }],
  });
  expect(campaign.growth.at(-1).executions).toBe(1024);
  expect(campaign.findings).toMatchObject([
    {
      property: 'no addition is lost',
      href: expect.stringMatching(/^\.\.\/night\/findings\/lost-update-\w+\.json$/),
      interleaving: { kind: 'interleaving' },
    },
  ]);
});
