import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BadInput } from '#dist/input/badInput.js';
import { compiledUrl, distUrl } from './compiled.ts';
import { patching } from './patch/patch.ts';
import { type Canary, patchOf } from './subjects/canary.ts';
import { canaries } from './subjects/index.ts';

/** Throws `BadInput` if there is none of that name. */
export function canaryNamed(name: string): Canary {
  const canary = canaries.find((one) => one.name === name);
  if (canary === undefined) throw new BadInput(`unknown canary ${name}: 'npm run canaries -- --list' has all names`);
  return canary;
}

/** What a `gfnring` process starts with so that the canary is in it, and in what it records. */
export function startWith(canary: Canary): { readonly args: string[]; readonly env: NodeJS.ProcessEnv } {
  const { execArgv, env } = patching(patchOf(canary));
  return {
    args: [...execArgv, fileURLToPath(distUrl('cli/main.js'))],
    env: { ...env, GFNRING_CANARY: canary.name },
  };
}

/**
 * Runs a `gfnring` command with a canary in the subject, and returns its exit status. With no
 * command: `explore` of the canary's own scenario, under the memory model that it needs.
 */
export function runWith(name: string, command: readonly string[]): number {
  const canary = canaryNamed(name);
  const { args, env } = startWith(canary);
  const wanted = command.length > 0 ? command : ['explore', scenarioOf(canary), '--memory-model', canary.memoryModel];
  return spawnSync(process.execPath, [...args, ...wanted], { env, stdio: 'inherit' }).status ?? 130;
}

/** The scenario as the command line takes it: a built-in name, or the path of a file. */
function scenarioOf({ name, scenario }: Canary): string {
  if (typeof scenario === 'string') return scenario;
  mkdirSync(compiledUrl('scenarios/'), { recursive: true });
  const file = fileURLToPath(compiledUrl(`scenarios/${name}.json`));
  writeFileSync(file, JSON.stringify(scenario));
  return file;
}
