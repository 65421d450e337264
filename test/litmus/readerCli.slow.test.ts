import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, runHere } from '../commandLine.ts';
import { litmus, STORE_BUFFERING } from './readerTexts.ts';

const gfnring = (...args: string[]) => runHere('.', 'litmus', ...args);
const both = (result: string): string => litmus(STORE_BUFFERING, 'exists (0:r0=0 /\\ 1:r0=0)', { result });

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test('a folder: one line per test, and counts', async () => {
  const folder = folderOf({
    'a.litmus': both('Never'),
    'deep/b.litmus': both('Sometimes'),
    'c.litmus': 'C c\n{}\nP0(int *x) { synchronize_rcu(); }\nexists (x=0)\n',
    'd.litmus': both(''),
    'notes.txt': 'no test',
  });
  const { stdout, status } = await gfnring(folder, '--memory-model', 'sc');
  expect(stdout.split('\n')).toEqual([
    '✓ a.litmus       agree: Never',
    '- c.litmus       not read: synchronize_rcu: RCU is not explored, but --memory-model lkmm decides it',
    '- d.litmus       Never; the test states no verdict',
    '≠ deep/b.litmus  disagree: Sometimes in the test, Never here: under sc, nothing is reordered',
    '4 tests under sc: 1 agree, 1 disagree (all explained), 1 not read, 1 without a stated verdict',
    '',
  ]);
  expect(status).toBe(0);
});

test('a kernel tree stands for its tests; an unexplained difference is status 1', async () => {
  const folder = folderOf({
    'tools/memory-model/litmus-tests/a.litmus': litmus(STORE_BUFFERING, 'exists (0:r0=0)', { result: 'Never' }),
    'elsewhere/b.litmus': both('Never'),
  });
  const { stdout, status } = await gfnring(folder, '--memory-model', 'sc', '--quiet');
  expect(stdout).toBe('✗ a.litmus  disagree: Never in the test, Sometimes here, not explained\n');
  expect(status).toBe(1);
});

test('one file, as JSON', async () => {
  const folder = folderOf({ 'a.litmus': both('Never') });
  const { stdout, status } = await gfnring(join(folder, 'a.litmus'), '--memory-model', 'sc', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    memoryModel: 'sc',
    counts: { agree: 1, explained: 0, unexplained: 0, unstated: 0, undecided: 0, unread: 0 },
    tests: [{ outcome: 'agree', stated: 'Never', verdict: 'Never', reasons: [] }],
  });
});

test('wrong usage: one line, status 2', async () => {
  const wrong: [string[], RegExp][] = [
    [['/nowhere/at/all'], /cannot read \/nowhere\/at\/all: ENOENT/],
    [[folderOf({ 'notes.txt': '' })], /there is no .litmus file in/],
    [[folderOf({}), '--memory-model', 'psc'], /must be one of sc, tso, rc11, lkmm/],
    [[], /missing required argument 'path'/],
  ];
  for (const [args, message] of wrong) {
    const { status, stdout, stderr } = await gfnring(...args);
    expect([args, status, stdout]).toEqual([args, 2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
});
