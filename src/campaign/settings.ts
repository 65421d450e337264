import { memoryModelAliases, steppedMemoryModelNames } from '../explore/memoryModels/registry.ts';
import { type FieldsOf, type FieldTypes, lazySchema } from '../input/fieldTypes.ts';
import { knownDefects } from '../scenario/knownDefects.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';

/**
 * The version of what a campaign writes to disk. Seeds mean the same only within one. 5: with
 * checksums.
 */
export const CAMPAIGN_SCHEMA = 5;

const knownDefectFields = (t: FieldTypes) => ({
  catalogue: t.oneOf(Object.keys(knownDefects)),
  properties: t.list(t.text(), 0, 100),
});

const baseFields = (t: FieldTypes) => ({
  source: t.unread(),
  known: t.optional(t.list(t.openFields(knownDefectFields(t)), 0, 100)),
});

const shardFields = (t: FieldTypes) => ({
  part: t.wholeNumber(1, SHARDS_MAX),
  of: t.wholeNumber(1, SHARDS_MAX),
});
const SHARDS_MAX = 100_000;

const settingsFields = (t: FieldTypes) => ({
  kind: t.constant('campaign'),
  schema: t.version(CAMPAIGN_SCHEMA),
  memoryModel: t.oneOfRenamed(steppedMemoryModelNames, memoryModelAliases),
  tearing: t.flag(),
  /** Maximum number of steps of one execution. */
  stepsMax: t.wholeNumber(1, 10_000_000),
  seed: t.wholeNumber(0, 2 ** 31 - 1),
  shard: t.openFields(shardFields(t)),
  /** Whether coverage influences what is done next. */
  feedback: t.flag(),
  bases: t.list(t.openFields(baseFields(t)), 1, 10_000),
  /** The canary that is in the subject. */
  canary: t.optional(t.text()),
});

export const settingsSchema = lazySchema((t) => t.openFields(settingsFields(t)));

/**
 * One of several campaigns that share the work. Each draws for itself; `part` is from 1 to `of`.
 */
export interface Shard extends FieldsOf<ReturnType<typeof shardFields>> {}

/**
 * A scenario of a campaign. One with known defects is not mutated: what is found in a mutated one
 * would have no number.
 */
export interface BaseScenario extends Omit<FieldsOf<ReturnType<typeof baseFields>>, 'source'> {
  readonly source: ScenarioRef;
}

/** All that decides what a campaign does. */
export interface CampaignSettings
  extends Omit<FieldsOf<ReturnType<typeof settingsFields>>, 'kind' | 'schema' | 'shard' | 'bases'> {
  readonly shard: Shard;
  readonly bases: readonly BaseScenario[];
}

export const baseName = ({ source }: BaseScenario): string => source.name;
