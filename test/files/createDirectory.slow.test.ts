import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { createDirectory } from '../../src/files/createDirectory.ts';
import { main, temporaryFolder } from '../commandLine.ts';

const { folder } = temporaryFolder();

/** Runs a script where `folder` is a file system that is read-only. */
const runReadOnly = (script: string) =>
  spawnSync(
    'unshare',
    [
      '-rm',
      'sh',
      '-c',
      'mount -t tmpfs -o ro none "$0" && "$1" --input-type=module -e "$2"',
      folder,
      process.execPath,
      script,
    ],
    { encoding: 'utf8' },
  );

test.runIf(runReadOnly('').status === 0)('a read-only file system is named, and not a missing directory', () => {
  const url = JSON.stringify(pathToFileURL('dist/files/checkWritable.js').href);
  const { stderr } = runReadOnly(`import { checkWritable } from ${url}; checkWritable('${folder}/a/b', 'findings');`);
  expect(stderr).toContain(`cannot write findings to ${folder}/a/b: EROFS`);
});

test('a directory in /proc is refused', () => {
  for (const [command, ...args] of [['init'], ['explore', 'ring', '--dir']]) {
    const { status, stderr } = spawnSync(process.execPath, [main, command, ...args, '/proc/x/y'], {
      encoding: 'utf8',
      timeout: 10_000,
      killSignal: 'SIGKILL',
    });
    expect([command, status, stderr]).toEqual([command, 2, expect.stringMatching(/^gfnring: .*\/proc\/x.*\n$/)]);
  }
});

test('directories above it are created, and the first of them is named', () => {
  const root = join(folder, 'above');
  expect(createDirectory(join(root, 'a/b'))).toBe(root);
  expect(createDirectory(join(root, 'a/c'))).toBe(join(root, 'a/c'));
  expect(createDirectory(join(root, 'a/c'))).toBe(undefined);
  writeFileSync(join(root, 'file'), '');
  symlinkSync('nowhere', join(root, 'link'));
  for (const name of ['file', 'file/a', 'link'])
    expect(() => createDirectory(join(root, name))).toThrow(/EEXIST|ENOTDIR/);
});
