import { join } from 'node:path';
import { type Run, runNode } from '../commandLine.ts';

const main = join(process.cwd(), 'build/selftest/main.js');

/** Runs a gfnring command in a folder, with a canary in the subject. */
export const gfnringWith = (canary: string, cwd: string, ...args: readonly string[]): Run =>
  runNode([main, 'with', canary, '--', ...args], { cwd });
