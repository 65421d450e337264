/**
 * What two workers do in the time of one: `node bench/campaign/scaling.mjs [executions] [scenarios…]`. In turns, three times; the fastest of each counts. Beside it, how
 * many cores each had to itself: one worker has the thread that plans and V8's own beside it, so that two cores cannot do twice as much.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from './fuzz.mjs';

const [executions = '60000', ...scenarios] = process.argv.slice(2);
const best = { 1: { seconds: Infinity }, 2: { seconds: Infinity } };
for (let round = 0; round < 3; round++)
  for (const workers of [1, 2]) {
    const folder = mkdtempSync(join(tmpdir(), 'gfnring-'));
    const args = [
      ...scenarios,
      '--executions',
      executions,
      '--workers',
      `${workers}`,
      '--dir',
      join(folder, 'campaign'),
      '--json',
    ];
    const [start, before] = [performance.now(), coreSeconds()];
    spawnSync(process.execPath, [main, 'fuzz', ...args], { stdio: 'ignore' });
    const [seconds, ofCores] = [(performance.now() - start) / 1000, coreSeconds() - before];
    if (seconds < best[workers].seconds) best[workers] = { seconds, ofCores };
    rmSync(folder, { recursive: true });
  }
for (const workers of [1, 2]) {
  const { seconds, ofCores } = best[workers];
  const rate = Math.round(Number(executions) / seconds).toLocaleString('en-US');
  console.log(`--workers ${workers}: ${rate} executions/s on ${(ofCores / seconds).toFixed(2)} cores`);
}
console.log(`--workers 2 / --workers 1: ${(best[1].seconds / best[2].seconds).toFixed(2)}`);

/** What the processes that have ended have taken of all cores (Linux; hundredths of a second). */
function coreSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
