// Compares SPIN (Debian's package `spin`, and a C compiler) with our search of states, on the
// benchmark rings, in one run. Prints a message if they are not installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noLimits } from '../dist/explore/limits.js';
import { searchHere } from '../dist/run/search/search.js';
import { BENCHMARK_RINGS, benchmarkRing } from '../dist/scenario/benchmarkRing.js';

const ROUNDS = 7;
const model = fileURLToPath(new URL('ring.pml', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gfnring-spin-'));
const run = (command, ...args) => spawnSync(command, args, { cwd: folder, encoding: 'utf8' });

/**
 * Seconds of the fastest search. SPIN's verifier is a separate process; its hash table is no larger
 * than the search needs.
 */
function spin(pushes, harvests, resets) {
  if (run('spin', `-DK=${pushes}`, `-DH=${harvests}`, `-DR=${resets}`, '-a', model).status !== 0) return undefined;
  if (run('cc', '-O2', '-DSAFETY', '-o', 'pan', 'pan.c').status !== 0) return undefined;
  return best(() => {
    const { stdout } = run('./pan', '-w20', '-m100000');
    if (!stdout.includes('errors: 0')) throw new Error(`SPIN: ${stdout}`);
  });
}

function best(work) {
  let seconds = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    work();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return seconds;
}

for (const name of ['ring-l', 'ring-x']) {
  const theirs = spin(...BENCHMARK_RINGS[name]);
  if (theirs === undefined) {
    console.log('SPIN beside it: not measured, spin or cc is not installed');
    break;
  }
  const sequential = { memoryModel: 'sc', tearing: false };
  const search = { scheduler: 'exhaustive', reduction: 'states', seed: 1, depth: 3, stepsMax: 100_000, ...sequential };
  const ours = best(() => searchHere(benchmarkRing(name), search, noLimits));
  const line = `${name}, all states: gfnring ${ours.toFixed(3)} s, SPIN ${theirs.toFixed(3)} s; gfnring / SPIN`;
  console.log(`${line.padEnd(68)} ${(ours / theirs).toFixed(2)}`);
}
rmSync(folder, { recursive: true });
