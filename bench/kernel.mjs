// Compares the speed of compiled C and of TypeScript in one run: steps and states per second of the
// same scenarios. The C file is the mail's ring (examples/kernel) instead of src/ring. If
// GFNRING_KDIR names kernel trees, their rings are compared with ours, too.

import { noLimits } from '../dist/explore/limits.js';
import { RandomWalk } from '../dist/explore/schedulers/randomWalk.js';
import { sampleExecutions } from '../dist/explore/search/sampling.js';
import { compile } from '../dist/kernel/compile/compile.js';
import { createRun } from '../dist/run/createRun.js';
import { searchHere } from '../dist/run/search/search.js';
import { checksOfKernel, outsideEventsOf, trackerOfApi } from '../dist/scenario/compiledKernel.js';
import { openScenario } from '../dist/scenario/scenarioRef.js';

const ROUNDS = 5;
const EXECUTIONS = 1000;
const trees = [
  { kdir: 'examples/kernel', file: 'virt/kvm/gfnring.c', scenarios: ['vm', 'ring', 'gfn-ring/migrate'] },
  ...(process.env.GFNRING_KDIR ?? '')
    .split(':')
    .filter((kdir) => kdir !== '')
    .map((kdir) => ({ kdir, file: 'virt/kvm/dirty_ring.c', scenarios: ['TRACKER/wrap', 'TRACKER/migrate'] })),
];

const walk = (scenario) => {
  const { execution, checker } = createRun(scenario, 100_000);
  const start = performance.now();
  const { steps } = sampleExecutions(execution, checker, new RandomWalk(1), { ...noLimits, executions: EXECUTIONS }, 0);
  return steps / (performance.now() - start);
};
const proof = (scenario) => {
  const start = performance.now();
  const { states } = searchHere(
    scenario,
    {
      memoryModel: 'sc',
      tearing: false,
      scheduler: 'exhaustive',
      reduction: 'states',
      seed: 1,
      depth: 3,
      stepsMax: 100_000,
    },
    noLimits,
  );
  return states / (performance.now() - start);
};

console.log(
  'C compiled to WebAssembly beside TypeScript: thousands of steps and of states a second, and C / TypeScript\n',
);
for (const { kdir, file, scenarios } of trees) {
  const compiled = await compile({ kdir, file, allowed: [] });
  const { api, key } = compiled;
  const tracker = trackerOfApi[api];
  const checks = checksOfKernel({ file, key }, tracker, outsideEventsOf(compiled));
  for (const name of scenarios.map((name) => name.replace('TRACKER', tracker))) {
    const { spec } = checks.find(({ spec }) => spec.name === name);
    const theirs = await openScenario(spec);
    const { kernel, ...bare } = spec;
    const ours = await openScenario(bare);
    for (const [what, rate] of [['random walk', walk], ...(name === 'vm' ? [] : [['states', proof]])]) {
      const best = { c: 0, ts: 0 };
      for (let round = 0; round < ROUNDS; round++) {
        best.ts = Math.max(best.ts, rate(ours));
        best.c = Math.max(best.c, rate(theirs));
      }
      console.log(
        `${`${kdir}: ${name}, ${what}`.padEnd(56)} ${best.c.toFixed(0).padStart(7)} ${best.ts.toFixed(0).padStart(7)} ${(best.c / best.ts).toFixed(2).padStart(7)}`,
      );
    }
  }
}
