/**
 * Measures the benefit of feedback on the scenario of each canary. Compares a campaign with
 * feedback, one without, and each scheduler alone, with the same number of executions. Prints in
 * how many seeds the bug was found, and the median number of executions.
 * `node bench/campaign/feedback.mjs [--executions 20480] [--seeds 5] [names…]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { canaries } from '../../build/selftest/subjects/index.js';
import { startWith } from '../../build/selftest/with.js';
import { drawingNames } from '../../dist/explore/schedulers/registry.js';
import { untilFound } from './fuzz.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { executions: { type: 'string', default: '20480' }, seeds: { type: 'string', default: '5' } },
});
const folder = mkdtempSync(join(tmpdir(), 'gfnring-'));
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const chosen = canaries.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const width = Math.max(...chosen.map(({ name }) => name.length));
const columns = ['feedback', 'no feedback', ...drawingNames];
console.log(`${''.padEnd(width)}  ${columns.map((name) => name.padStart(12)).join('  ')}`);
for (const canary of chosen) {
  const scenario = fileOf(canary.scenario);
  const cells = [];
  for (const more of [[], ['--no-feedback']]) {
    const counts = [];
    for (const seed of seeds) {
      const args = [scenario, '--memory-model', canary.memoryModel, '--seed', `${seed}`];
      const { property, executions } = await untilFound(
        [...args, '--executions', values.executions, '--workers', '1', ...more],
        startWith(canary),
      );
      if (property !== undefined) counts.push(executions + 1);
    }
    cells.push(cellOf(counts));
  }
  for (const scheduler of drawingNames)
    cells.push(cellOf(seeds.flatMap((seed) => explored(canary, scenario, scheduler, seed))));
  console.log(`${canary.name.padEnd(width)}  ${cells.map((cell) => cell.padStart(12)).join('  ')}`);
}

function explored(canary, scenario, scheduler, seed) {
  const args = [scenario, '--memory-model', canary.memoryModel, '--scheduler', scheduler, '--seed', `${seed}`];
  const limits = [
    '--executions',
    values.executions,
    '--seconds',
    '600',
    '--minimise',
    '0.01',
    '--dir',
    folder,
    '--json',
  ];
  const { args: start, env } = startWith(canary);
  const { stdout } = spawnSync(process.execPath, [...start, 'explore', ...args, ...limits], { env, encoding: 'utf8' });
  const { findings, executions } = JSON.parse(stdout);
  return findings.some(({ category }) => category !== 'unreached') ? [executions + 1] : [];
}

/** The scenario as an argument of the command line: a name or a file. */
function fileOf(scenario) {
  if (typeof scenario === 'string') return scenario;
  const file = join(folder, `${scenario.name.replace(/\W/g, '-')}.json`);
  writeFileSync(file, JSON.stringify(scenario));
  return file;
}

function cellOf(counts) {
  const median = counts.sort((a, b) => a - b)[Math.floor((seeds.length - 1) / 2)];
  return `${counts.length}/${seeds.length} ${median ?? '–'}`;
}
