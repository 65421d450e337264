/**
 * Measures the speed-up of two workers over one. Each is run three times, in turn; the fastest run
 * counts. Also prints the number of cores that were used. One worker uses more than one core,
 * because of the planning thread and V8's own threads. So two cores cannot do twice as much.
 * `node bench/campaign/scaling.mjs [executions] [scenarios…]`
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

/** CPU time in seconds of all child processes that have ended (Linux; resolution 0.01 s). */
function coreSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
