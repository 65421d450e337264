import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withChecksum } from '../../src/input/checksum.ts';
import { main, runNode, temporaryFolder } from '../commandLine.ts';

const { folder, path, write } = temporaryFolder();
const elsewhere = { XDG_CONFIG_HOME: path('config of another user') };
const here = { XDG_CONFIG_HOME: path('config') };

/** A module that leaves a file behind when it runs. */
write(
  'race.mjs',
  `import { writeFileSync } from 'node:fs';
import { scenario } from 'gfnring';
writeFileSync(${JSON.stringify(path('has run'))}, '');
const add = (mem, { count }) => mem.store(count, mem.load(count) + 1);
export default scenario({
  name: 'race',
  cells: { count: 'u32' },
  actors: { a: [add], b: [add] },
  finally: { 'no addition is lost': ({ read, cells }) => read(cells.count) === 2 },
});
`,
);

/** Runs the command line as one of two users, and says whether the module has run. */
function gfnring(user: Readonly<Record<string, string>>, ...args: readonly string[]) {
  rmSync(path('has run'), { force: true });
  const result = runNode([main, ...args], { cwd: folder, env: { ...process.env, ...user } });
  return { ...result, hasRun: existsSync(path('has run')) };
}

expect(gfnring(here, 'explore', './race.mjs', '--dir', 'findings').status).toBe(1);
const finding = `findings/${readdirSync(path('findings'))[0]}`;
expect(gfnring(here, 'fuzz', './race.mjs', '--executions', '512', '--workers', '1', '--dir', 'campaign').status).toBe(
  1,
);
write('ref.json', { schema: 1, name: 'race', module: './race.mjs' });

const ofFinding = [
  ['explore', finding],
  ['stress', finding, '--runs', '1'],
  ['replay', finding],
  ['report', finding, '--text'],
  ['fuzz', finding, '--executions', '512', '--workers', '1', '--dir', 'of finding'],
];
const ofCampaign = [
  ['fuzz', '--resume', '--dir', 'campaign', '--executions', '512', '--workers', '1'],
  ['report', 'campaign', '--html', 'campaign.html'],
  ['corpus', 'minimise', 'campaign'],
  ['corpus', 'merge', 'campaign', 'campaign copy'],
];
cpSync(path('campaign'), path('campaign copy'), { recursive: true });

const all = [...ofFinding, ...ofCampaign];

describe('the module of a finding or of a campaign', () => {
  // They share the question. With GFNRING_LONG all commands are tried.
  test.each(process.env.GFNRING_LONG === undefined ? all.filter((_, i) => i % 3 === 0) : all)(
    '%s %s: runs for the user who wrote it, or with --trust',
    (...args) => {
      const refused = gfnring(elsewhere, ...args);
      expect(refused).toMatchObject({ status: 2, stdout: '', hasRun: false });
      expect(refused.stderr).toMatch(
        /^gfnring: \S+ comes from elsewhere, and its module \S+ would run here: --trust allows it\n$/,
      );
      const own = args[0] === 'fuzz' && args[1] === finding ? ['--dir', 'of finding, own'] : [];
      expect(gfnring(elsewhere, ...args, '--trust')).toMatchObject({
        stderr: expect.not.stringContaining('elsewhere'),
        hasRun: true,
      });
      expect(gfnring(here, ...args, ...own)).toMatchObject({
        stderr: expect.not.stringContaining('elsewhere'),
        hasRun: true,
      });
    },
    120_000,
  );

  test('needs consent if the finding was forged, moved, or is only a reference', () => {
    const forged = { ...JSON.parse(readFileSync(path(finding), 'utf8')), message: 'forged' };
    write('findings/forged.json', withChecksum(forged));
    mkdirSync(path('moved/findings'), { recursive: true });
    cpSync(path(finding), path(`moved/${finding}`));
    writeFileSync(path('moved/race.mjs'), readFileSync(path('race.mjs')));
    for (const file of ['findings/forged.json', `moved/${finding}`, 'ref.json'])
      expect([file, gfnring(here, 'explore', file)]).toMatchObject([file, { status: 2, hasRun: false }]);
  });

  test('needs none if the user names it', () => {
    expect(gfnring(elsewhere, 'explore', './race.mjs', '--dir', 'other')).toMatchObject({ status: 1, hasRun: true });
  });
});

const hasTerminal = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

describe.skipIf(!hasTerminal)('on a terminal, the user is asked (skipped without script of util-linux)', () => {
  test.each([
    ['y\n', 1, true],
    ['n\n', 2, false],
    ['\n', 2, false],
    ['\u0003', 130, false], // Ctrl-C
  ])('the answer %j: status %i', async (answer, status, runs) => {
    rmSync(path('has run'), { force: true });
    const command = `'${process.execPath}' '${main}' replay ${finding}`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, ...elsewhere },
    });
    let output = '';
    terminal.stdout.on('data', (text) => {
      if (!output.includes('[y/N] ') && `${output}${text}`.includes('[y/N] ')) terminal.stdin.write(answer);
      output += text;
    });
    expect(await once(terminal, 'close')).toEqual([status, null]);
    expect(output).toMatch(/^findings\/\S+ comes from elsewhere\. Run its module \S+race\.mjs\? \[y\/N\] /);
    expect(existsSync(path('has run'))).toBe(runs);
  });
});

test('the key of a user is in a file that only the user reads, and one that is damaged signs nothing', () => {
  const key = join(path('config'), 'gfnring/key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  const content = readFileSync(key, 'utf8');
  expect(content).toMatch(/^[0-9a-f]{64}$/);
  writeFileSync(key, '');
  expect(gfnring(here, 'replay', finding)).toMatchObject({ status: 2, hasRun: false });
  writeFileSync(key, content);
  expect(gfnring(here, 'replay', finding)).toMatchObject({ status: 1, hasRun: true });
});

test('a built-in scenario and a VM in JSON need no consent', () => {
  expect(gfnring(here, 'explore', 'gfn-list/not-paused', '--dir', 'built in').status).toBe(1);
  const [name] = readdirSync(path('built in'));
  expect(readFileSync(path(`built in/${name}`), 'utf8')).not.toContain('"origin"');
  expect(gfnring(elsewhere, 'replay', `built in/${name}`).status).toBe(1);
});
