/**
 * An hour of the unmodified subjects, each tracker in turn and all of its scenarios: `node bench/campaign/silence.mjs [--seconds 3600] [--workers 2] [trackers…]`. Prints what is found,
 * which should be what is known of the merged ring, and the memory of the process ten times along the way.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { trackerNames } from '../../dist/trackers/interface/names.js';
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
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  const memory = [];
  const look = setInterval(() => memory.push(megabytesOf(child.pid)), (seconds * 1000) / 10);
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(look);
  const { executions, findings, coverage } = JSON.parse(said);
  rmSync(folder, { recursive: true });
  console.log(
    `${tracker}: ${executions.toLocaleString('en-US')} executions, ${coverage.entries} kept; MB: ${memory.join(' ')}`,
  );
  for (const { property, catalogue, scenario } of findings)
    console.log(`  ${catalogue ?? 'NOT KNOWN'} ${scenario.name}: ${property}`);
}

/** What a process has in memory now. */
function megabytesOf(pid) {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
  } catch {
    return 0;
  }
}
