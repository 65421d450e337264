import { type Random, randomOf, uniformInt } from '../../explore/random.ts';
import { isVm, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { type Batch, MUTATION_PERIOD } from '../batch.ts';
import type { CorpusSeed } from '../corpus/corpus.ts';
import { type CorpusEntry, scenarioHash } from '../corpus/corpusEntry.ts';
import { deriveSeed } from '../hash.ts';
import { mutateVm } from '../mutateVm.ts';
import type { CampaignSettings } from '../settings.ts';

/** Maximum number of schedules that a batch is given to mutate. */
const PARENTS = 4;

/**
 * Plans batch `number`. Scenarios take turns, and of four turns of a scenario
 *
 * - one draws executions of the scenario itself, so that each scheduler keeps its guarantee;
 * - one mutates schedules of the corpus, without changing their scenario;
 * - two mutate the scenario of such a schedule, and both draw and mutate schedules.
 *
 * Without feedback, or with an empty corpus, the last three draw executions of a mutated scenario.
 *
 * @param corpus by scenario. The seed that is picked has its `picked` incremented.
 */
export function planBatch(settings: CampaignSettings, number: number, corpus: readonly CorpusSeed[][]): Batch {
  const { bases, feedback, shard } = settings;
  const seed = deriveSeed(deriveSeed(settings.seed, shard.part - 1), number);
  const random = randomOf(seed, 0);
  const base = number % bases.length;
  const { source, known } = bases[base];
  const batch = { number, base, family: source.name, source, isBase: true, seed, mutated: 0, parents: [] };
  const isMutable = isVm(source) && known === undefined;
  const seeds = feedback ? corpus[base] : [];
  const turn = Math.floor(number / bases.length) % 4;
  if (turn === 0 || (seeds.length === 0 && !isMutable)) return { ...batch, mutated: feedback ? 1 : 0 };
  if (seeds.length === 0) return withMutatedScenario(batch, source, random);
  const picked = pickSeed(seeds, random);
  picked.picked++;
  const { scenario } = picked.entry;
  const parents = [picked.entry, ...relatives(seeds, picked, random)].map(({ schedule }) => schedule);
  const isBase = picked.scenario === scenarioHash(source);
  const mutation = { ...batch, source: scenario, isBase, mutated: MUTATION_PERIOD - 2, parents };
  if (turn === 1 || !isMutable) return mutation;
  return withMutatedScenario({ ...mutation, mutated: MUTATION_PERIOD / 2 }, scenario, random);
}

function withMutatedScenario(batch: Batch, source: ScenarioRef, random: Random): Batch {
  const mutated = isVm(source) ? mutateVm(source, random) : source;
  if (mutated === source || !isVm(mutated)) return batch;
  return { ...batch, source: { ...mutated, name: `${batch.family}, varied` }, isBase: false };
}

/**
 * Draws three seeds and returns the one picked least, so that new seeds come soon and old ones
 * still come.
 */
function pickSeed(seeds: CorpusSeed[], random: Random): CorpusSeed {
  let best = seeds[uniformInt(random, seeds.length)];
  for (let i = 0; i < 2; i++) {
    const other = seeds[uniformInt(random, seeds.length)];
    if (other.picked < best.picked) best = other;
  }
  return best;
}

/** Up to `PARENTS - 1` other entries of the same scenario, from a random one on. */
function relatives(seeds: readonly CorpusSeed[], picked: CorpusSeed, random: Random): CorpusEntry[] {
  const others = seeds.filter((seed) => seed !== picked && seed.scenario === picked.scenario);
  const start = others.length === 0 ? 0 : uniformInt(random, others.length);
  return [...others.slice(start), ...others.slice(0, start)].slice(0, PARENTS - 1).map(({ entry }) => entry);
}
