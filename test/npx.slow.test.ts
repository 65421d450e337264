import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './commandLine.ts';

const { path } = temporaryFolder();

/** A newcomer may type this first. npm keeps the result in its cache. */
test('npx gfnring before npm ci names the missing step, and works afterwards', () => {
  const clone = path('gfnring');
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' });
  for (const file of tracked.split('\n').filter((name) => name !== '')) cpSync(file, join(clone, file));
  const npx = () =>
    spawnSync('npx', ['gfnring', 'list'], {
      cwd: clone,
      encoding: 'utf8',
      env: { ...process.env, npm_config_cache: path('cache') },
    });
  expect(npx()).toMatchObject({ status: 2, stderr: expect.stringContaining("run 'npm ci' first") });
  symlinkSync(join(process.cwd(), 'node_modules'), join(clone, 'node_modules'));
  for (const made of ['bundle', 'dist']) cpSync(made, join(clone, made), { recursive: true });
  expect(npx()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^ring +prove/) });
});
