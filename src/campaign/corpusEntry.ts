import { SCHEMA } from '../input/schema.ts';
import type { MemoryConfig } from '../run/createRun.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import { canonical, digitsOf, hash53 } from './hash.ts';

/** An execution of the corpus: it covered what none before it had. */
export interface CorpusEntry extends MemoryConfig {
  readonly schema: typeof SCHEMA;
  readonly kind: 'corpus entry';
  /** The name of the campaign's scenario that it comes from. */
  readonly base: string;
  readonly scenario: ScenarioRef;
  readonly schedule: string;
}

export const entryOf = (
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

/** What it is called: made of what is in it. */
export const hashOf = ({ scenario, ...rest }: CorpusEntry): string =>
  digitsOf(`${canonical(rest)} ${textOf(scenario)}`, 16);

/** What stands for a scenario. */
export const numberOf = (scenario: ScenarioRef): number => hash53(textOf(scenario));

/** HOT: entries of one batch have one scenario, and so have batches that are planned from them. */
const texts = new WeakMap<ScenarioRef, string>();

function textOf(scenario: ScenarioRef): string {
  let text = texts.get(scenario);
  if (text === undefined) {
    text = canonical(scenario);
    texts.set(scenario, text);
  }
  return text;
}
