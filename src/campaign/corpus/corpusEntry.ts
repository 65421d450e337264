import { memoryModelAliases, steppedMemoryModelNames } from '../../explore/memoryModels/registry.ts';
import { type FieldsOf, type FieldTypes, lazySchema } from '../../input/fieldTypes.ts';
import type { MemoryConfig } from '../../run/createRun.ts';
import type { ScenarioRef } from '../../scenario/scenarioRef.ts';
import { canonical, hash53, hexDigest } from '../hash.ts';

/** The version of the form of an entry. 2: with a checksum. */
export const ENTRY_SCHEMA = 2;

const entryFields = (t: FieldTypes) => ({
  schema: t.version(ENTRY_SCHEMA),
  kind: t.constant('corpus entry'),
  /** The name of the campaign's scenario that it comes from. */
  base: t.text(),
  memoryModel: t.oneOfRenamed(steppedMemoryModelNames, memoryModelAliases),
  tearing: t.flag(),
  scenario: t.unread(),
  schedule: t.text(),
});

export const entrySchema = lazySchema((t) => t.openFields(entryFields(t)));

/** An execution of the corpus: it covered something that no execution before it covered. */
export interface CorpusEntry extends Omit<FieldsOf<ReturnType<typeof entryFields>>, 'scenario'> {
  readonly scenario: ScenarioRef;
}

export const createEntry = (
  base: string,
  scenario: ScenarioRef,
  { memoryModel, tearing }: MemoryConfig,
  schedule: string,
): CorpusEntry => ({
  schema: ENTRY_SCHEMA,
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
