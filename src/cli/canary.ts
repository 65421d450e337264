import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { type Canary, patchOf } from '../canaries/canary.ts';
import { canaries } from '../canaries/catalogue.ts';
import { mistakes } from '../canaries/harness/mistakes.ts';
import { isPatching, patching } from '../canaries/patch.ts';
import { BadInput } from '../input/badInput.ts';
import { distUrl } from '../scenario/workerFile.ts';
import { setCompletionValues } from './completionValues.ts';
import { STATUS } from './errors.ts';

export const canaryOption = (): Option =>
  setCompletionValues(
    new Option('--canary <name>', "the subject with that known bug in it: 'gfnring canaries --list' names them"),
    () => ({ words: canaries.map(({ name }) => name), paths: false }),
  );

/** Throws `BadInput` where there is none of that name. */
export function canaryNamed(name: string): Canary {
  const canary = canaries.find((of) => of.name === name);
  if (canary !== undefined) return canary;
  if (mistakes.some((of) => of.name === name))
    throw new BadInput(`${name} is a mistake in the harness, not in a subject: 'gfnring canaries ${name}' runs it`);
  throw new BadInput(`unknown canary ${name}: 'gfnring canaries --list' names them`);
}

/**
 * Runs the command line once more, in a process that has the canary's edits in it, and sets the status that it ended with. Returns false where there is
 * nothing to do: no canary is meant, or this is that process.
 */
export function runsAsCanary(name: string | undefined): boolean {
  if (name === undefined) return false;
  const edits = patchOf(canaryNamed(name));
  if (isPatching(edits)) return false;
  const { execArgv, env } = patching(edits);
  const args = [...execArgv, fileURLToPath(distUrl('cli/main.js')), ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, args, { env, stdio: 'inherit' }).status ?? STATUS.interrupted;
  return true;
}
