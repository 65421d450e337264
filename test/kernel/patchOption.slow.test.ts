import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main, runHere, temporaryFolder } from '../commandLine.ts';
import { MAIL } from './trees.ts';

const EARLY = 'examples/kernel-patch/free-early.patch';
const { folder, write } = temporaryFolder();
const args = ['kernel', '--kdir', MAIL.kdir, '--file', MAIL.file, '--dir', folder];
const kernel = (...more: string[]) => runHere('.', ...args, ...more);
const LONG = { timeout: 600_000 };

describe('--patch compares a tree with itself after a patch', () => {
  test('from standard input, as Markdown: what is new, and which files were compiled', LONG, () => {
    const { status, stdout } = spawnSync(process.execPath, [main, ...args, 'full-ring', '--patch', '-', '--markdown'], {
      input: `${readFileSync(EARLY, 'utf8')}--- /dev/null\n+++ b/Documentation/ring.rst\n@@ -0,0 +1 @@\n+Words\n-- \n2.43.0\n`,
      encoding: 'utf8',
    });
    expect([status, stdout.split('\n').slice(4)]).toEqual([
      1,
      [
        '3 new findings, 0 gone',
        '',
        'compiled of the patch: virt/kvm/gfnring.c',
        '',
        'not compiled, so not judged: Documentation/ring.rst',
        '',
        'each line of code that the patch adds was executed',
        '',
      ],
    ]);
    expect(stdout).toMatch(/^\| full-ring \| proved \| R7 .* \| new: R7 /m);
  });

  test('--json has the files; a header counts', LONG, async () => {
    const text = readFileSync(join(MAIL.kdir, 'include/linux/kvm_gfnring.h'), 'utf8').split('\n');
    const patch = write(
      'header.patch',
      `--- a/include/linux/kvm_gfnring.h\n+++ b/include/linux/kvm_gfnring.h\n@@ -1,2 +1,3 @@\n ${text[0]}\n+/* A comment. */\n ${text[1]}\n`,
    );
    const { status, stdout } = await kernel('ring', '--patch', patch, '--json');
    expect([status, JSON.parse(stdout).patch]).toEqual([
      0,
      {
        compiled: [{ file: 'include/linux/kvm_gfnring.h', definitions: [], elsewhere: [] }],
        notCompiled: [],
        unreached: {},
        executed: null,
      },
    ]);
  });

  test.each([
    [
      'a file that is not compiled',
      '--- /dev/null\n+++ b/new.c\n@@ -0,0 +1 @@\n+int a;\n',
      /changes nothing .* new\.c/,
    ],
    ['a hunk that does not apply', `--- a/${MAIL.file}\n+++ b/${MAIL.file}\n@@ -9 +9 @@\n-int a;\n+int b;\n`, /hunk 1/],
    ['no diff', 'words\n', /no unified diff/],
  ])('%s: one line, and status 2', LONG, async (_, text, message) => {
    const { status, stdout, stderr } = await kernel('ring', '--patch', write('bad.patch', text));
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('--before and --patch together are refused', async () => {
    const { status, stderr } = await kernel('ring', '--patch', EARLY, '--before', MAIL.kdir);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/--before and --patch/)]);
  });
});
