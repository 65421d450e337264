import { SCHEMA } from '../../input/schema.ts';
import type { MemoryConfig } from '../../run/createRun.ts';
import type { ScenarioRef } from '../../scenario/scenarioRef.ts';
import { canonical, hash53, hexDigest } from '../hash.ts';

/** An execution of the corpus: it covered something that no execution before it covered. */
export interface CorpusEntry extends MemoryConfig {
  readonly schema: typeof SCHEMA;
  readonly kind: 'corpus entry';
  /** The name of the campaign's scenario that it comes from. */
  readonly base: string;
  readonly scenario: ScenarioRef;
  readonly schedule: string;
}

export const createEntry = (
  base: string,
  scenario: ScenarioRef,
  { memoryModel, tearing }: MemoryConfig,
  schedule: string,
): CorpusEntry => ({
  schema: SCHEMA,
  kind: 'corpus entry',
  base,
  memoryModel,
  tearing,
  scenario,
  schedule,
});

/** Hash of the content of an entry, as 16 hexadecimal digits. It names the entry's file. */
export const entryHash = ({ scenario, ...rest }: CorpusEntry): string =>
  hexDigest(`${canonical(rest)} ${canonicalScenario(scenario)}`, 16);

export const scenarioHash = (scenario: ScenarioRef): number => hash53(canonicalScenario(scenario));

/** HOT: all entries of one batch share one scenario, and so do batches planned from them. */
const texts = new WeakMap<ScenarioRef, string>();

function canonicalScenario(scenario: ScenarioRef): string {
  let text = texts.get(scenario);
  if (text === undefined) {
    text = canonical(scenario);
    texts.set(scenario, text);
  }
  return text;
}
