import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { patching } from '../../build/selftest/patch/patch.js';
import { weakening } from './sites.mjs';

const RUNS = fileURLToPath(new URL('runs.mjs', import.meta.url));
const DIST = new URL('../../dist/', import.meta.url);

/** What fails in scenarios with this ordering weakened: property and context switches, or null. */
export function runWeakened(site, scenarios, models) {
  const text = readFileSync(new URL(site.file.replace(/ts$/, 'js'), DIST), 'utf8');
  const { execArgv, env } = patching(weakening(text, site));
  const args = [...execArgv, RUNS, models.join(), ...scenarios];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${site.key}: ${stderr}`);
  return JSON.parse(stdout);
}
