import { noLimits } from '../explore/limits.ts';
import { type Search, searchHere } from '../scenario/search.ts';
import { SearchPool } from '../scenario/searchPool.ts';
import { sourced } from '../scenario/source.ts';
import { type Yardstick, yardstick } from '../scenario/yardstick.ts';
import type { BenchRow } from './bench.ts';

/** How often each proof is made; the fastest counts. */
const ROUNDS = 7;

const search = (reduction: Search['reduction']): Search => ({
  scheduler: 'exhaustive',
  reduction,
  seed: 1,
  depth: 3,
  stepsMax: 100_000,
});

/** Whole proofs: classes and states a second, beside `bare` calls a second of the same run. */
export function proofs(bare: number): BenchRow[] {
  const rows: BenchRow[] = [];
  const add = (name: Yardstick, reduction: 'optimal' | 'states'): void => {
    const scenario = yardstick(name);
    let perSecond = 0;
    let seconds = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      const { executions, states } = searchHere(scenario, search(reduction), noLimits);
      seconds = Math.min(seconds, (performance.now() - start) / 1000);
      perSecond = (reduction === 'optimal' ? executions : states) / seconds;
    }
    const what = `${reduction === 'optimal' ? 'class' : 'state'} of ${name}, ${seconds.toFixed(3)} s for all`;
    rows.push({ what, perSecond, ratio: bare / perSecond });
  };
  for (const name of ['ring-l', 'ring-x'] as const) add(name, 'optimal');
  for (const name of ['ring-l', 'ring-x'] as const) add(name, 'states');
  return rows;
}

/** The optimal search of ring-l by two workers, in times of one: the same work, with both set up before. */
export async function twoWorkers(): Promise<{ readonly what: string; readonly value: number }> {
  const what = await sourced({ schema: 1, name: 'ring-l', builtIn: 'ring-l' });
  const pools = [new SearchPool(1), new SearchPool(2)];
  const best = [Infinity, Infinity];
  try {
    for (let round = 0; round < 2 * ROUNDS; round++) {
      for (const [i, pool] of pools.entries()) {
        const start = performance.now();
        await pool.search(what, search('optimal'), noLimits);
        best[i] = Math.min(best[i], performance.now() - start);
      }
    }
  } finally {
    for (const pool of pools) await pool.close();
  }
  return { what: 'ring-l, optimal: two workers / one', value: best[1] / best[0] };
}
