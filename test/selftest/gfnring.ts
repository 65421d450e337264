import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const main = join(process.cwd(), 'build/selftest/main.js');

/** Runs a gfnring command in a folder, with a canary in the subject. */
export function gfnringWith(canary: string, cwd: string, ...args: readonly string[]) {
  const words = [main, 'with', canary, '--', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}
