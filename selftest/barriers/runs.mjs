// A process of its own: explores scenarios, and prints what they came to as JSON.

import { noLimits } from '../../dist/explore/limits.js';
import { depthFirstSearch } from '../../dist/explore/search/dfs.js';
import { StateCache } from '../../dist/explore/states/stateCache.js';
import { createRun } from '../../dist/run/createRun.js';
import { exploreScenario } from '../../dist/run/exploreScenario.js';
import { builtInNamed } from '../../dist/scenario/builtinScenarios.js';
import { buildVm } from '../../dist/scenario/vm.js';

const [models, ...names] = process.argv.slice(2);

/** A limit that no run reaches: the result must not depend on the speed of the machine. */
const SECONDS = 300;
const STEPS = 100_000;

const results = [];
for (const memoryModel of models.split(',')) {
  for (const name of names) {
    const { spec } = builtInNamed(name);
    const found = await failureOf(spec, memoryModel);
    results.push({ memoryModel, name, ...found });
    // A race is seen before what may come of it.
    if (found.property === 'no data race') results.push({ memoryModel, name, ...failureOfRace(spec, memoryModel) });
  }
}
process.stdout.write(JSON.stringify(results));

async function failureOf(spec, memoryModel) {
  const report = await exploreScenario(spec, {
    scheduler: 'exhaustive',
    reduction: 'states',
    workers: 1,
    memoryModel,
    tearing: false,
    seed: 1,
    depth: 3,
    limits: { executions: Infinity, seconds: SECONDS, bytes: 2 ** 31 },
    stepsMax: STEPS,
    minimiseSeconds: SECONDS,
    directory: null,
  });
  if (report.limit !== null) throw new Error(`${spec.name} under ${memoryModel}: ended by ${report.limit}`);
  const [finding] = report.findings;
  return { property: finding?.property ?? null, switches: finding?.contextSwitches ?? null };
}

/** What fails with the fewest switches where all races are meant. */
function failureOfRace(spec, memoryModel) {
  const scenario = buildVm(spec);
  const { program } = scenario;
  const racy = { ...scenario, program: { ...program, racy: program.layout.places } };
  const search = (bound) => {
    const { execution, checker } = createRun(racy, STEPS, { memoryModel, tearing: false });
    const states = new StateCache(execution, checker, bound !== undefined);
    return depthFirstSearch(execution, checker, noLimits, { states, ...(bound && { bound }) }).violation;
  };
  if (search() === undefined) return { property: null, switches: null };
  for (let most = 0; ; most++) {
    const violation = search({ kind: 'switches', max: most });
    if (violation !== undefined) return { property: violation.property, switches: most };
  }
}
