import { type Random, randomOf, uniformInt } from '../../explore/random.ts';
import { isVm, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { ALTERED_OF, type Batch } from '../batch.ts';
import { type CorpusEntry, numberOf } from '../corpusEntry.ts';
import { seedOf } from '../hash.ts';
import { mutateVm } from '../mutateVm.ts';
import type { Settings } from '../settings.ts';

/** An entry of the corpus, with how often it was gone on from. */
export interface CorpusSeed {
  readonly entry: CorpusEntry;
  readonly hash: string;
  /** What stands for its scenario. */
  readonly scenario: number;
  picked: number;
}

/** Schedules that a batch goes on from, at most. */
const PARENTS = 4;

/**
 * What batch `number` does: draws of a scenario as it is, so that each scheduler keeps its guarantees; draws of a variant of it; or, with feedback, executions that alter
 * schedules which covered something new, of the scenario that they come from or of a variant. Scenarios take turns.
 *
 * @param kept by scenario: what has covered something new, by now.
 */
export function planBatch(settings: Settings, number: number, kept: readonly CorpusSeed[][]): Batch {
  const { bases, feedback, shard } = settings;
  const seed = seedOf(seedOf(settings.seed, shard.part - 1), number);
  const random = randomOf(seed, 0);
  const base = number % bases.length;
  const { source, known } = bases[base];
  const batch = { number, base, family: source.name, source, isBase: true, seed, altered: 0, parents: [] };
  const canVary = isVm(source) && known === undefined;
  const entries = feedback ? kept[base] : [];
  const turn = Math.floor(number / bases.length) % 4;
  if (turn === 0 || (entries.length === 0 && !canVary)) return { ...batch, altered: feedback ? 1 : 0 };
  if (entries.length === 0) return variant(batch, source, random);
  const picked = pick(entries, random);
  picked.picked++;
  const { scenario } = picked.entry;
  const parents = [picked.entry, ...relatives(entries, picked, random)].map(({ schedule }) => schedule);
  const isBase = picked.scenario === numberOf(source);
  const alteration = { ...batch, source: scenario, isBase, altered: ALTERED_OF - 2, parents };
  if (turn === 1 || !canVary) return alteration;
  return variant({ ...alteration, altered: ALTERED_OF / 2 }, scenario, random);
}

function variant(batch: Batch, source: ScenarioRef, random: Random): Batch {
  const varied = isVm(source) ? mutateVm(source, random) : source;
  if (varied === source || !isVm(varied)) return batch;
  return { ...batch, source: { ...varied, name: varied.name.replace(/(, varied)?$/, ', varied') }, isBase: false };
}

/** Of three, the one that was gone on from least: those that are new come soon, and none is forgotten. */
function pick(entries: CorpusSeed[], random: Random): CorpusSeed {
  let best = entries[uniformInt(random, entries.length)];
  for (let i = 0; i < 2; i++) {
    const other = entries[uniformInt(random, entries.length)];
    if (other.picked < best.picked) best = other;
  }
  return best;
}

/** Others of the same scenario. */
function relatives(entries: readonly CorpusSeed[], picked: CorpusSeed, random: Random): CorpusEntry[] {
  const others = entries.filter((of) => of !== picked && of.scenario === picked.scenario);
  const start = others.length === 0 ? 0 : uniformInt(random, others.length);
  return [...others.slice(start), ...others.slice(0, start)].slice(0, PARENTS - 1).map((of) => of.entry);
}
