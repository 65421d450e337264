import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../commandLine.ts';

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
