import { noLimits } from '../explore/limits.ts';
import {
  DEFAULT_MEMORY_MODEL,
  type MemoryModelName,
  steppedMemoryModelNames,
} from '../explore/memoryModels/registry.ts';
import { scMemory } from '../run/createRun.ts';
import { searchHere } from '../run/search/search.ts';
import { SearchPool } from '../run/search/searchPool.ts';
import type { SearchSpec } from '../run/search/searchSpec.ts';
import { type BenchmarkRingName, benchmarkRing } from '../scenario/benchmarkRing.ts';
import { resolveScenario } from '../scenario/scenarioRef.ts';
import type { BenchRow } from './bench.ts';

/** Each proof is repeated; the fastest one counts. */
const REPEATS = 7;

const search = (
  reduction: SearchSpec['reduction'],
  memoryModel: MemoryModelName = DEFAULT_MEMORY_MODEL,
): SearchSpec => ({
  ...scMemory,
  memoryModel,
  scheduler: 'exhaustive',
  reduction,
  seed: 1,
  depth: 3,
  stepsMax: 100_000,
});

/**
 * Whole proofs: classes and states per second.
 *
 * @param bare bare Atomics calls per second of the same run.
 */
export function measureProofs(bare: number): BenchRow[] {
  const rows: BenchRow[] = [];
  const add = (name: BenchmarkRingName, reduction: 'optimal' | 'states'): void => {
    const scenario = benchmarkRing(name);
    let perSecond = 0;
    let seconds = Infinity;
    for (let i = 0; i < REPEATS; i++) {
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

interface Ratio {
  readonly what: string;
  readonly value: number;
}

/** Time of a proof of ring-s under the other memory models, relative to `sc`. */
export function measureModelRatios(): Ratio[] {
  const scenario = benchmarkRing('ring-s');
  const ratios: Ratio[] = [];
  for (const reduction of ['optimal', 'states'] as const) {
    const best = new Map<MemoryModelName, number>();
    for (let i = 0; i < 4 * REPEATS; i++)
      for (const model of steppedMemoryModelNames) {
        const start = performance.now();
        searchHere(scenario, search(reduction, model), noLimits);
        best.set(model, Math.min(best.get(model) ?? Infinity, performance.now() - start));
      }
    const base = best.get(DEFAULT_MEMORY_MODEL)!;
    for (const [model, time] of best)
      if (time !== base)
        ratios.push({ what: `ring-s, ${reduction}: ${model} / ${DEFAULT_MEMORY_MODEL}`, value: time / base });
  }
  return ratios;
}

/**
 * Time of the optimal search of ring-l on two threads, relative to one, without the start of the
 * threads.
 */
export async function measureTwoThreads(): Promise<Ratio> {
  const what = await resolveScenario({ schema: 1, name: 'ring-l', builtIn: 'ring-l' });
  const pool = new SearchPool(2);
  const best = [Infinity, Infinity];
  const timed = async (i: number, work: () => unknown): Promise<void> => {
    const start = performance.now();
    await work();
    best[i] = Math.min(best[i], performance.now() - start);
  };
  try {
    for (let i = 0; i < 4 * REPEATS; i++) {
      await timed(0, () => searchHere(what.scenario, search('optimal'), noLimits));
      await timed(1, () => pool.search(what, search('optimal'), noLimits));
    }
  } finally {
    await pool.close();
  }
  return { what: 'ring-l, optimal: --workers 2 / --workers 1', value: best[1] / best[0] };
}
