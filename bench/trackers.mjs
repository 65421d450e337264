// Compares the cost of the trackers in one run: harvests with ring and bitmap, then whole
// checkpoint cycles of all trackers. The chart of the cycles goes to build/trackers.svg, or to the
// file that the first argument names. `npm run chart` draws docs/trackers.svg.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chart } from './trackers/chart.mjs';
import { cycles, FEW_SPINS, ON_ITS_OWN, ON_VCPU, SPINS, Wrong } from './trackers/cycles.mjs';
import { DIRTY, rounds } from './trackers/rounds.mjs';
import { BATCH, HOT, VCPUS } from './trackers/workload.mjs';

const TRACKERS = ['gfn-ring', 'gfn-list', 'dirty-bitmap', 'dirty-ring@6.17', 'dirty-ring@repaired'];
/** Cycles per second that the mail reports. */
const MAIL = 2500;
const ROUNDS = 3;
const file = process.argv[2] ?? fileURLToPath(new URL('../build/trackers.svg', import.meta.url));

const [{ model: cpu }] = cpus();
const machine = `${cpus().length} cores, ${cpu}, Linux ${release()}, Node ${process.versions.node}`;
const guest = `${VCPUS} vCPUs dirty ${BATCH} pages of 4 KiB each a cycle, of ${VCPUS * HOT} in turn, in a guest of 4 GiB`;

console.log(`Dirty logs, on ${machine}\n`);
printRounds();
await checkModel();
await printThreadVariants();
await printTrackers();

function printRounds() {
  console.log(
    'Harvest and reset of d dirty pages in a guest of n, us: gfn-ring, dirty-bitmap, and how many times as long the bitmap takes.',
  );
  console.log(
    "Each access is a call of Atomics. Our bitmap has words of 32 bits, KVM's of 64: it would look at half as many.",
  );
  console.log(
    'Pages are re-armed in an array of n bytes, for both: where n is large and d too, its cache misses show.',
  );
  console.log(`${'n'.padStart(6)}${DIRTY.map((dirty) => `d = ${dirty}`.padStart(29)).join('')}`);
  for (const { bits, cells } of rounds()) {
    const columns = cells.map(
      ({ ring, bitmap }) => `${us(ring)} ${us(bitmap)} ${`${(bitmap / ring).toFixed(1)}x`.padStart(9)}`,
    );
    console.log(`${`2^${bits}`.padStart(6)}${columns.map((column) => column.padStart(29)).join('')}`);
  }
  console.log();
}

/**
 * Shows that the model detects errors. A reset without a flush loses pages, and a copy without the
 * last cache line of a page is torn.
 */
async function checkModel() {
  for (const broken of ['flush', 'copy']) {
    const message = await cycles({ tracker: 'gfn-ring', seconds: 0, broken }).then(() => undefined, messageOfWrong);
    if (message === undefined) throw new Error(`commits without the ${broken} pass`);
    console.log(`with a broken ${broken}: ${message}`);
  }
  console.log();
}

function messageOfWrong(error) {
  if (error instanceof Wrong) return error.message;
  throw error;
}

async function printThreadVariants() {
  console.log(`Checkpoint cycles with gfn-ring: ${guest}.`);
  for (const [where, threads] of [
    ['on the vCPU that stops last', ON_VCPU],
    ['on a thread of its own', ON_ITS_OWN],
  ])
    for (const [how, spins] of [
      ['threads spin', SPINS],
      ['spin, then sleep', FEW_SPINS],
      ['sleep', 0],
    ])
      await printVariant(`${where}, ${how}`, { threads, spins });
  await printVariant('on the vCPU that stops last, without PML', { pml: false });
  console.log();
}

async function printVariant(name, options) {
  printCycles(name, await cycles({ tracker: 'gfn-ring', seconds: 0.5, ...options }));
}

async function printTrackers() {
  const [whole, parts] = [await inTurns({ seconds: 0.6 }), await inTurns({ seconds: 0.3, timed: true })];
  const rows = whole.map((row, i) => ({ ...row, phases: parts[i].phases }));
  console.log(
    'The same for every tracker; and where the time goes, in us, in another run, which its clocks slow down. The bitmap is re-armed when it is harvested;\nthe copy ends when both vCPUs have copied.',
  );
  for (const row of rows) {
    const { harvest, reset, copy } = row.phases;
    printCycles(row.tracker, row, `harvest ${us(harvest)} reset ${us(reset)} copy ${us(copy)}`);
  }
  const bars = rows.map(({ tracker, us }) => ({ tracker, perSecond: 1e6 / us }));
  const title = 'Checkpoint cycles a second, by how dirty pages are tracked';
  const mark = { value: MAIL, label: `${MAIL.toLocaleString('en-US')}: the mail` };
  const caption = [`${guest}.`, 'Real threads; every commit was checked against a sequential model.', `${machine}.`];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, chart(bars, { title, mark, caption }));
}

/**
 * The fastest of several runs of each tracker. The trackers take turns, so that other load on the
 * machine affects all of them.
 */
async function inTurns(options) {
  const best = [];
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, tracker] of TRACKERS.entries()) {
      const run = { tracker, ...(await cycles({ tracker, ...options })) };
      const commits = (best[i]?.commits ?? 0) + run.commits;
      best[i] = { ...(run.us < (best[i]?.us ?? Infinity) ? run : best[i]), commits };
    }
  return best;
}

function printCycles(name, { us: took, commits }, more = '') {
  const rate = Math.round(1e6 / took).toLocaleString('en-US');
  console.log(
    `${name.padEnd(44)} ${rate.padStart(8)} /s ${took.toFixed(1).padStart(8)} us  ${`${commits.toLocaleString('en-US')} commits checked`.padEnd(24)}${more}`.trimEnd(),
  );
}

function us(value) {
  return value.toFixed(1).padStart(9);
}
