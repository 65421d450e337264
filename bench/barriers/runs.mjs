// A process of its own: explores scenarios with what was compiled into a folder, and prints what they came to as JSON.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, models, ...names] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const { exploreScenario } = await load('scenario/explore.js');
const { builtIns } = await load('scenario/builtin.js');

/** So many that no run gets there: what is written down must not depend on how fast the machine is. */
const SECONDS = 300;

const results = [];
for (const memoryModel of models.split(',')) {
  for (const name of names) {
    const { spec } = builtIns.find((builtIn) => builtIn.spec.name === name);
    const report = await exploreScenario(spec, {
      scheduler: 'exhaustive',
      reduction: 'states',
      workers: 1,
      memoryModel,
      tearing: false,
      seed: 1,
      depth: 3,
      limits: { executions: Infinity, seconds: SECONDS, bytes: 2 ** 31 },
      stepsMax: 100_000,
      minimiseSeconds: SECONDS,
      directory: null,
    });
    if (report.limit !== null) throw new Error(`${name} under ${memoryModel}: ended by ${report.limit}`);
    const [finding] = report.findings;
    results.push({
      memoryModel,
      name,
      property: finding?.property ?? null,
      switches: finding?.contextSwitches ?? null,
    });
  }
}
process.stdout.write(JSON.stringify(results));
