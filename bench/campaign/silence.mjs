/**
 * Runs campaigns on the unmodified subjects for an hour: each tracker in turn, with all its
 * scenarios. Prints the findings, which should be the known defects of the merged ring only. Also
 * prints the memory of the process at ten points in time.
 * `node bench/campaign/silence.mjs [--seconds 3600] [--workers 2] [trackers…]`
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { trackerNames } from '../../dist/trackers/registry.js';
import { main } from './fuzz.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '3600' }, workers: { type: 'string', default: '2' } },
});
const trackers = positionals.length === 0 ? trackerNames : positionals;
const seconds = Number(values.seconds) / trackers.length;
for (const tracker of trackers) {
  const folder = mkdtempSync(join(tmpdir(), 'gfnring-'));
  const args = [
    '--tracker',
    tracker,
    '--seconds',
    `${seconds}`,
    '--workers',
    values.workers,
    '--dir',
    join(folder, 'campaign'),
  ];
  const child = spawn(process.execPath, [main, 'fuzz', ...args, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const memory = [];
  const timer = setInterval(() => memory.push(megabytesOf(child.pid)), (seconds * 1000) / 10);
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  const { executions, findings, coverage } = JSON.parse(output);
  rmSync(folder, { recursive: true });
  console.log(
    `${tracker}: ${executions.toLocaleString('en-US')} executions, ${coverage.entries} kept; MB: ${memory.join(' ')}`,
  );
  for (const { property, catalogue, scenario } of findings)
    console.log(`  ${catalogue ?? 'NOT KNOWN'} ${scenario.name}: ${property}`);
}

/** Resident memory of a process in megabytes. */
function megabytesOf(pid) {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
  } catch {
    return 0;
  }
}
