import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main, type Run, temporaryFolder } from '../commandLine.ts';

const { folder, path, gfnring, write } = temporaryFolder();

/** Runs a command that cannot write files of more than so many bytes, as on a full disk. */
function withLimit(bytes: number, ...args: readonly string[]): Run {
  const command = `ulimit -f ${bytes / 512}; exec "$0" "$@"`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, main, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** A race whose finding has more than 8 KB. */
const LARGE = `import { scenario } from 'gfnring';
const add = (mem, { count }) => mem.store(count, mem.load(count) + 1);
export default scenario({
  name: 'large',
  cells: { count: 'u32' },
  actors: { a: [add], b: [add] },
  finally: { 'no addition is lost': ({ read, cells }) => read(cells.count) === 2 || 'x'.repeat(8192) },
});
`;
write('large.mjs', LARGE);

/** Saves the document of a finding that was printed, as its line says. */
function save(stdout: string): string {
  const [, name] = /^ {2}(\S+) is not written: .*\. This is its content:$/m.exec(stdout)!;
  const [document] = /^\{\n[\s\S]*?^\}$/m.exec(stdout)!;
  mkdirSync(path('.gfnring/findings'), { recursive: true });
  writeFileSync(path(name), document);
  return name;
}

describe('explore and check', () => {
  test.each([
    ['a file', () => writeFileSync(path('taken'), ''), 'taken/x', 'ENOTDIR'],
    ['a link that leads nowhere', () => symlinkSync('nowhere/x', path('dangling')), 'dangling', 'ENOENT'],
    ['a long name', () => {}, 'x'.repeat(300), 'ENAMETOOLONG'],
  ])('search nothing if findings cannot be written: %s', (_, make, directory, code) => {
    make();
    for (const command of [
      ['explore', './large.mjs'],
      ['check', '--json'],
    ]) {
      const { status, stdout, stderr } = gfnring(...command, '--dir', directory);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(new RegExp(`^gfnring: cannot write findings to ${directory}: \\w+\\n$`));
      expect(stderr).toMatch(code === 'ENOENT' ? /ENOENT|EEXIST|ENOTDIR/ : code);
    }
  });

  test('leave no folder behind if nothing is found', () => {
    expect(gfnring('explore', 'ring', '--scheduler', 'exhaustive', '--dir', 'none/at/all').status).toBe(0);
    expect(existsSync(path('none'))).toBe(false);
  });

  test('print a finding that cannot be written, and it can be replayed', () => {
    const { status, stdout, stderr } = withLimit(4096, 'explore', './large.mjs');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^gfnring: the finding \.gfnring\/findings\/large-[0-9a-f]{10}\.json is not written: EFBIG\n$/,
    );
    const name = save(stdout);
    expect(stdout).toContain(`npx gfnring replay ${name}`);
    expect(gfnring('replay', name).stdout).toContain('✗ no addition is lost');
  });

  test('report it in JSON', () => {
    const { status, stdout } = withLimit(4096, 'explore', './large.mjs', '--json');
    expect([status, JSON.parse(stdout).findings]).toMatchObject([
      1,
      [{ file: null, unwritten: { file: expect.stringMatching(/large-/), why: 'EFBIG' } }],
    ]);
  });
});

describe('a campaign on a full disk', () => {
  test('says so on stderr and in JSON, and is not green', () => {
    const { status, stdout, stderr } = withLimit(
      8192,
      ...'fuzz ring --seconds 2 --workers 1 --json --dir full'.split(' '),
    );
    expect(status).toBe(4);
    expect(stderr).toMatch(
      /^gfnring: full cannot be written, waiting: EFBIG.*\ngfnring: not all results are in full: EFBIG/,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'limit',
      ended: { writeError: expect.stringMatching(/^EFBIG/) },
    });
    expect(gfnring('fuzz', '--resume', '--dir', 'full', '--executions', '512', '--quiet').status).toBe(0);
  });

  test('prints what it has found, with status 1', () => {
    const { status, stdout, stderr } = withLimit(
      4096,
      ...'fuzz ./large.mjs --seconds 2 --workers 1 --dir lost'.split(' '),
    );
    expect([status, readdirSync(path('lost')).includes('findings')]).toEqual([1, false]);
    expect(stderr).toContain('gfnring: the finding lost/findings/large-');
    mkdirSync(path('lost/findings'));
    expect(gfnring('replay', save(stdout)).stdout).toContain('✗ no addition is lost');
  });

  test('prints a failure that is not minimised, and all say the same', () => {
    const module = join(process.cwd(), 'examples/lost-update.mjs');
    const options = '--seconds 4 --workers 1 --dir early --report github'.split(' ');
    const { status, stdout, stderr } = withLimit(4096, 'fuzz', module, 'ring', ...options);
    expect(status).toBe(1);
    expect(stdout).toContain('\n1 failure not minimised yet: --resume continues\n1 finding without a file\n');
    expect(stderr).toMatch(/^::error .*Reproduce: npx gfnring fuzz --resume --dir early$/m);
    mkdirSync(path('early/findings'));
    expect(gfnring('replay', save(stdout)).status).toBe(1);
    rmSync(path('early/findings'), { recursive: true });
    const { status: later, stdout: json } = gfnring('corpus', 'minimise', 'early', '--json');
    expect([later, JSON.parse(json)]).toMatchObject([
      1,
      { outcome: 'violated', unminimised: 1, findings: [{ unwritten: { why: expect.stringContaining('--resume') } }] },
    ]);
  });
});
