import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBuiltIn } from '../../dist/scenario/builtinScenarios.js';
import { knownAs } from '../../dist/scenario/knownDefects.js';

export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/**
 * Runs a campaign until it finds a violation or ends. Returns the violated property, if any, the
 * number of executions, the seconds and the exit status. `first` and `env` put a canary in.
 */
export async function untilFound(args, { args: first, env } = { args: [main], env: process.env }) {
  const folder = mkdtempSync(join(tmpdir(), 'gfnring-'));
  const findings = join(folder, 'campaign/findings');
  const start = performance.now();
  const child = spawn(process.execPath, [...first, 'fuzz', ...args, '--dir', join(folder, 'campaign'), '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const timer = setInterval(() => {
    if (firstIn(findings) === undefined) return;
    clearInterval(timer);
    child.kill('SIGKILL');
  }, 200);
  const status = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  const finding = firstIn(findings);
  const seconds = (performance.now() - start) / 1000;
  rmSync(folder, { recursive: true });
  const executions = finding?.campaign.executions ?? (output === '' ? undefined : JSON.parse(output).executions);
  return { property: finding?.property, executions, seconds, status };
}

/**
 * The first finding of those in `directory`. Known defects of the scenario are left out: they are
 * not caused by the canary.
 */
function firstIn(directory) {
  let names = [];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch {
    return undefined;
  }
  const findings = names.map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')));
  const isNew = (finding) => knownAs(finding, findBuiltIn(finding.campaign.base)?.known) === null;
  return findings.filter(isNew).sort((a, b) => a.campaign.executions - b.campaign.executions)[0];
}
