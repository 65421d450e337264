/** What two workers do in the time of one: `node bench/campaign/scaling.mjs [executions] [scenarios…]`. In turns, three times; the fastest of each counts. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from './fuzz.mjs';

const [executions = '60000', ...scenarios] = process.argv.slice(2);
const best = { 1: Infinity, 2: Infinity };
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
    const start = performance.now();
    spawnSync(process.execPath, [main, 'fuzz', ...args], { stdio: 'ignore' });
    best[workers] = Math.min(best[workers], (performance.now() - start) / 1000);
    rmSync(folder, { recursive: true });
  }
for (const workers of [1, 2])
  console.log(
    `--workers ${workers}: ${Math.round(Number(executions) / best[workers]).toLocaleString('en-US')} executions/s`,
  );
console.log(`--workers 2 / --workers 1: ${(best[1] / best[2]).toFixed(2)}`);
