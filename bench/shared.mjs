// Compares a step through the stand-ins of gfnring/shared with a step through `mem`: the same
// program, searched in the same way. Prints the time of each, and their ratio. `npm run bench` runs
// it.

import { scenario } from '../dist/scenario/define.js';
import { sharedScenario } from '../dist/shared/index.js';
import { explore } from '../dist/testing/explore.js';

const ROUNDS = 3;
const ADDS = 2;
const actors = (run) => ({ a: [run], b: [run], c: [run] });

const throughMem = scenario({
  name: 'mem',
  cells: { words: { type: 'i32', length: 4 } },
  actors: actors((mem, { words }) => {
    for (let i = 0; i < ADDS; i++) mem.store(words[i], mem.fetchAdd(words[0], 1, 'seq_cst'));
  }),
});

const throughAtomics = sharedScenario({
  name: 'Atomics',
  setup: () => ({ words: new Int32Array(new SharedArrayBuffer(16)) }),
  actors: actors(({ words }) => {
    for (let i = 0; i < ADDS; i++) words[i] = Atomics.add(words, 0, 1);
  }),
});

const seconds = async (of, options) => {
  const start = performance.now();
  const { states, executions } = await explore(of, { minimise: 0, seconds: 60, ...options });
  return { time: performance.now() - start, states, executions };
};

for (const options of [
  {},
  { memoryModel: 'rc11', reduction: 'optimal', executions: 500 },
  { scheduler: 'random-walk', executions: 40_000 },
]) {
  const best = [Infinity, Infinity];
  let counts;
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, of] of [throughMem, throughAtomics].entries()) {
      const { time, ...rest } = await seconds(of, options);
      best[i] = Math.min(best[i], time);
      counts = rest;
    }
  const [mem, atomics] = best.map((ms) => `${ms.toFixed(0)} ms`);
  console.log(
    JSON.stringify(options),
    JSON.stringify(counts),
    `mem ${mem}, Atomics ${atomics}, ratio ${(best[1] / best[0]).toFixed(2)}`,
  );
}
