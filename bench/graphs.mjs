// Measures `explore --scheduler exhaustive --reduction optimal` in seconds of processor time.
//
//   node bench/graphs.mjs                lkmm beside rc11, on the benchmark rings
//   node bench/graphs.mjs GENMC FOLDER   GenMC beside rc11, on the programs of FOLDER. Each is a
//                                        module NAME.mjs, and the same as NAME.ll for GenMC.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 3;
/** GenMC's programs with less time than this are left out: seconds. */
const LEAST = 0.05;
const self = fileURLToPath(import.meta.url);

/** The search of a ring or a module: the first in a new process, and the best of two others. */
async function measure(name, memoryModel) {
  const { noLimits } = await import('../dist/explore/limits.js');
  const { searchHere } = await import('../dist/run/search/search.js');
  const { benchmarkRing, isBenchmarkRing } = await import('../dist/scenario/benchmarkRing.js');
  const { openModule } = await import('../dist/scenario/module.js');
  const scenario = isBenchmarkRing(name) ? benchmarkRing(name) : await openModule(name);
  const how = { scheduler: 'exhaustive', reduction: 'optimal', seed: 1, depth: 3, stepsMax: 100_000 };
  const seconds = [];
  let executions = 0;
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    ({ executions } = searchHere(scenario, { ...how, memoryModel, tearing: false }, noLimits));
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
  }
  return { executions, first: seconds[0], later: Math.min(seconds[1], seconds[2]) };
}

function ours(name, memoryModel) {
  const { stdout } = spawnSync(process.execPath, [self, '--measure', name, memoryModel], { encoding: 'utf8' });
  return JSON.parse(stdout);
}

/** The processor time of a run of GenMC, and how many executions it explored. */
function genmc(program, file) {
  const command = `TIMEFORMAT='cpu %U %S'; time "$0" -rc11 -disable-sr -disable-estimation -disable-race-detection --input-from-bitcode-file -- "$1"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', command, program, file], { encoding: 'utf8' });
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr);
  const executions = Number(/executions explored: (\d+)/.exec(stdout + stderr)?.[1]);
  return { executions, first: Number(user) + Number(system) };
}

/** The best of several rounds. */
function best(run) {
  const rounds = Array.from({ length: ROUNDS }, run);
  const least = (of) => Math.min(...rounds.map((round) => round[of]));
  return { executions: rounds[0].executions, first: least('first'), later: least('later') };
}

/** A row of a table: the later search divided by the other program's, which is the last column. */
function print(name, { executions, first, later }, ratio, other) {
  const columns = [name, executions, first.toFixed(2), later.toFixed(2), other.toFixed(2), ratio.toFixed(1)];
  console.log(`| ${columns.join(' | ')} |`);
}

function rings() {
  console.log('| ring | executions | lkmm: first search | later | rc11: later | ratio |');
  for (const ring of ['ring-s', 'ring-m', 'ring-l']) {
    const [lkmm, rc11] = ['lkmm', 'rc11'].map((model) => best(() => ours(ring, model)));
    print(ring, lkmm, lkmm.later / rc11.later, rc11.later);
  }
}

function beside(program, folder) {
  console.log('| program | executions | first search | later | GenMC | ratio |');
  const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  const files = names.map((name) => ({ name: name.slice(0, -4), file: resolve(join(folder, name)) }));
  const times = files.map(({ file }) => best(() => genmc(program, file.replace(/mjs$/, 'll'))));
  const startUp = Math.min(...times.map(({ first }) => first));
  const rows = files.flatMap(({ name, file }, i) => {
    const theirs = times[i].first - startUp;
    if (theirs < LEAST) return [];
    const mine = best(() => ours(file, 'rc11'));
    if (mine.executions !== times[i].executions) console.log(`${name}: GenMC explores ${times[i].executions}`);
    return [{ name, mine, ratio: mine.later / theirs, theirs }];
  });
  for (const { name, mine, ratio, theirs } of rows.sort((a, b) => b.ratio - a.ratio)) print(name, mine, ratio, theirs);
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--measure') {
  console.log(JSON.stringify(await measure(rest[0], rest[1])));
  process.exit();
} else if (rest.length > 0) beside(first, rest[0]);
else rings();
