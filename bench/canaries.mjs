// Runs `gfnring canaries` and writes what came of it into docs/canaries.md. Options go to the command.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { canariesText } from './canaries/table.mjs';

const main = fileURLToPath(new URL('../build/selftest/main.js', import.meta.url));
const { stdout, status } = spawnSync(process.execPath, [main, 'canaries', '--json', ...process.argv.slice(2)], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 2 ** 28,
});
if (status > 1) process.exit(status);
const machine = `${cpus()[0].model.trim()}, Node ${process.versions.node}`;
writeFileSync(new URL('../docs/canaries.md', import.meta.url), canariesText(JSON.parse(stdout), machine));
process.exitCode = status;
