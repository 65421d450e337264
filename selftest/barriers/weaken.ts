import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MemoryModelName } from '#dist/explore/memoryModels/registry.js';
import { compiledUrl, distUrl } from '../compiled.ts';
import { patching } from '../patch/patch.ts';
import { type Site, weakening } from './sites.ts';

/** What a scenario comes to with an ordering weakened. */
export interface WeakenedResult {
  readonly memoryModel: MemoryModelName;
  /** The scenario. */
  readonly name: string;
  /** The property that fails; null: none. */
  readonly property: string | null;
  /** The fewest context switches with which it fails; null: nothing fails. Under `lkmm`, some. */
  readonly switches: number | null;
  /** What ended the search before it was complete; null: nothing. Under `lkmm` only. */
  readonly limit: string | null;
}

/** Explores scenarios with this ordering weakened. */
export function runWeakened(
  site: Pick<Site, 'key' | 'file' | 'access' | 'number'>,
  scenarios: readonly string[],
  models: readonly MemoryModelName[],
): WeakenedResult[] {
  const text = readFileSync(distUrl(site.file.replace(/ts$/, 'js')), 'utf8');
  const { execArgv, env } = patching(weakening(text, site));
  const args = [...execArgv, fileURLToPath(compiledUrl('barriers/runs.js')), models.join(), ...scenarios];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${site.key}: ${stderr}`);
  return JSON.parse(stdout);
}
