import { canaryNamed, startWith } from '../../selftest/with.ts';
import { type Run, runNode } from '../commandLine.ts';

/** Runs a gfnring command in a folder, with a canary in the subject. */
export function gfnringWith(canary: string, cwd: string, ...command: readonly string[]): Run {
  const { args, env } = startWith(canaryNamed(canary));
  return runNode([...args, ...command], { cwd, env });
}
