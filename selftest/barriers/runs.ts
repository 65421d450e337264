/**
 * A process of its own: explores scenarios under memory models, and prints the results as JSON.
 * Arguments: the models, with commas between, and the scenarios.
 */

import { noLimits } from '#dist/explore/limits.js';
import type { MemoryModelName } from '#dist/explore/memoryModels/registry.js';
import { depthFirstSearch, type ScheduleBound } from '#dist/explore/search/dfs.js';
import { StateCache } from '#dist/explore/states/stateCache.js';
import { createRun } from '#dist/run/createRun.js';
import { defaultReduction, exploreScenario } from '#dist/run/exploreScenario.js';
import { findBuiltIn } from '#dist/scenario/builtinScenarios.js';
import { openScenario } from '#dist/scenario/scenarioRef.js';
import type { WeakenedResult } from './weaken.ts';

type Spec = NonNullable<ReturnType<typeof findBuiltIn>>['spec'];
type Failure = Pick<WeakenedResult, 'property' | 'switches' | 'limit'>;

const [models, ...names] = process.argv.slice(2);

/** A limit that no run reaches: the result must not depend on the speed of the machine. */
const SECONDS = 300;
const STEPS = 100_000;
/** Under `lkmm`, not all searches end. */
const LKMM_SECONDS = 60;

const results: WeakenedResult[] = [];
for (const memoryModel of models.split(',') as MemoryModelName[]) {
  for (const name of names) {
    const { spec } = findBuiltIn(name)!;
    const failure = await failureOf(spec, memoryModel);
    results.push({ memoryModel, name, ...failure });
    // A race is seen before what may come of it.
    if (failure.property === 'no data race' && memoryModel !== 'lkmm')
      results.push({ memoryModel, name, ...(await failureOfRace(spec, memoryModel)) });
  }
}
process.stdout.write(JSON.stringify(results));

async function failureOf(spec: Spec, memoryModel: MemoryModelName): Promise<Failure> {
  const seconds = memoryModel === 'lkmm' ? LKMM_SECONDS : SECONDS;
  const report = await exploreScenario(spec, {
    scheduler: 'exhaustive',
    reduction: defaultReduction(memoryModel),
    workers: 1,
    memoryModel,
    tearing: false,
    seed: 1,
    depth: 3,
    limits: { executions: Infinity, seconds, bytes: 2 ** 31 },
    stepsMax: STEPS,
    minimiseSeconds: SECONDS,
    directory: null,
  });
  if (report.limit !== null && memoryModel !== 'lkmm')
    throw new Error(`${spec.name} under ${memoryModel}: ended by ${report.limit}`);
  const [finding] = report.findings;
  return { property: finding?.property ?? null, switches: finding?.contextSwitches ?? null, limit: report.limit };
}

/**
 * The failure with the fewest context switches if every access may race: data races are ignored.
 */
async function failureOfRace(spec: Spec, memoryModel: MemoryModelName): Promise<Failure> {
  const scenario = await openScenario(spec);
  const { program } = scenario;
  const racy = { ...scenario, program: { ...program, racy: program.layout.places } };
  const search = (bound?: ScheduleBound) => {
    const { execution, checker } = createRun(racy, STEPS, { memoryModel, tearing: false });
    const states = new StateCache(execution, checker, bound !== undefined);
    return depthFirstSearch(execution, checker, noLimits, { states, ...(bound && { bound }) }).violation;
  };
  if (search() === undefined) return { property: null, switches: null, limit: null };
  for (let max = 0; ; max++) {
    const violation = search({ kind: 'switches', max });
    if (violation !== undefined) return { property: violation.property, switches: max, limit: null };
  }
}
