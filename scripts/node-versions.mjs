/**
 * Runs `npm test` on Node 20, 22, 24 and 26, each in a clean clone of the last commit, and prints a
 * table: `npm run test:nodes`. The npm package `node` provides them. Numbers choose versions. With
 * paths, these test files are run alone, in this folder as it is built.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const VERSIONS = ['20', '22', '24', '26'];

const given = process.argv.slice(2).filter((argument) => argument !== '--');
const files = given.filter((argument) => !/^\d+$/.test(argument));
const chosen = given.filter((argument) => /^\d+$/.test(argument));
const folder = mkdtempSync(join(tmpdir(), 'gfnring-nodes-'));

/** Installs a version of Node. Returns the folder of its program. */
function install(version) {
  const at = join(folder, `node-${version}`);
  mkdirSync(at);
  writeFileSync(join(at, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', `node@${version}`], {
    cwd: at,
    stdio: 'ignore',
  });
  return join(at, 'node_modules/node/bin');
}

/** Clones the last commit. */
function clone(version) {
  const at = join(folder, `clone-${version}`);
  execFileSync('git', ['clone', '--quiet', '--shared', '.', at]);
  return at;
}

function test(version) {
  const bin = install(version);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const start = performance.now();
  const run = (cwd, ...command) =>
    spawnSync(command[0], command.slice(1), { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
  const exact = execFileSync(join(bin, 'node'), ['--version'], { encoding: 'utf8' }).trim();
  const at = files.length > 0 ? process.cwd() : clone(version);
  const passed =
    files.length > 0
      ? run(at, 'node', 'node_modules/vitest/vitest.mjs', 'run', ...files)
      : run(at, 'npm', 'ci', '--no-audit', '--no-fund') && run(at, 'npm', 'test');
  return { exact, passed, seconds: Math.round((performance.now() - start) / 1000) };
}

try {
  const rows = (chosen.length > 0 ? chosen : VERSIONS).map(test);
  console.log('| Node | result | seconds |\n| --- | --- | --- |');
  for (const { exact, passed, seconds } of rows)
    console.log(`| ${exact} | ${passed ? 'passed' : 'FAILED'} | ${seconds} |`);
  process.exitCode = rows.every(({ passed }) => passed) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
