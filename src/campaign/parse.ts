import { type MemoryModelName, memoryModels } from '../explore/memoryModels/registry.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { BadInput } from '../input/badInput.ts';
import { array, boolean, type Fields, object, oneOf, show, string, wholeNumber } from '../input/fields.ts';
import { SCHEMA } from '../input/schema.ts';
import { checkCanary } from '../run/canary.ts';
import { parseSource } from '../run/parseSource.ts';
import { knownDefects } from '../scenario/knownDefects.ts';
import type { CorpusEntry } from './corpus/corpusEntry.ts';
import { type BaseScenario, CAMPAIGN_SCHEMA, type Settings } from './settings.ts';

/** The settings in `campaign.json`. Throws `BadInput` with the path of the first field that is wrong. */
export function parseSettings(value: unknown, file: string): Settings {
  const fields = object(value, file);
  if (fields.kind !== 'campaign') throw new BadInput(`${file}.kind is ${show(fields.kind)}: must be "campaign"`);
  if (fields.schema !== CAMPAIGN_SCHEMA) {
    const newer =
      typeof fields.schema === 'number' && fields.schema > CAMPAIGN_SCHEMA ? ', written by a newer gfnring' : '';
    throw new BadInput(
      `${file}.schema is ${show(fields.schema)}${newer}: this gfnring goes on with ${CAMPAIGN_SCHEMA}`,
    );
  }
  const shard = object(fields.shard, `${file}.shard`);
  const of = wholeNumber(shard.of, `${file}.shard.of`, 1, 100_000);
  const canary = fields.canary === undefined ? undefined : string(fields.canary, `${file}.canary`);
  checkCanary(file, canary);
  return {
    memoryModel: oneOf(fields.memoryModel, memoryModels, `${file}.memoryModel`) as MemoryModelName,
    tearing: boolean(fields.tearing, `${file}.tearing`),
    stepsMax: wholeNumber(fields.stepsMax, `${file}.stepsMax`, 1, 10_000_000),
    seed: wholeNumber(fields.seed, `${file}.seed`, 0, 2 ** 31 - 1),
    shard: { part: wholeNumber(shard.part, `${file}.shard.part`, 1, of), of },
    feedback: boolean(fields.feedback, `${file}.feedback`),
    bases: array(fields.bases, `${file}.bases`, 1, 10_000).map((base, i) =>
      parseBase(base, file, `${file}.bases[${i}]`),
    ),
    ...(canary !== undefined && { canary }),
  };
}

function parseBase(value: unknown, file: string, where: string): BaseScenario {
  const base: Fields = object(value, where);
  const source = parseSource(base.source, file, `${where}.source`);
  if (base.known === undefined) return { source };
  const known = array(base.known, `${where}.known`, 0, 100).map((of, i) => {
    const at = `${where}.known[${i}]`;
    const fields = object(of, at);
    return {
      catalogue: oneOf(fields.catalogue, Object.keys(knownDefects), `${at}.catalogue`),
      properties: array(fields.properties, `${at}.properties`, 0, 100).map((name, j) =>
        string(name, `${at}.properties[${j}]`),
      ),
    };
  });
  return { source, known };
}

/** An entry of a corpus. Throws `BadInput` with the path of the first field that is wrong. */
export function parseEntry(value: unknown, file: string): CorpusEntry {
  const fields = object(value, file);
  if (fields.kind !== 'corpus entry')
    throw new BadInput(`${file}.kind is ${show(fields.kind)}: must be "corpus entry"`);
  if (fields.schema !== SCHEMA)
    throw new BadInput(`${file}.schema is ${show(fields.schema)}: this gfnring reads ${SCHEMA}`);
  const schedule = string(fields.schedule, `${file}.schedule`);
  if (parseSchedule(schedule) === undefined)
    throw new BadInput(`${file}.schedule is no schedule: runs like 0x5,1,0 are expected`);
  return {
    schema: SCHEMA,
    kind: 'corpus entry',
    base: string(fields.base, `${file}.base`),
    memoryModel: oneOf(fields.memoryModel, memoryModels, `${file}.memoryModel`) as MemoryModelName,
    tearing: boolean(fields.tearing, `${file}.tearing`),
    scenario: parseSource(fields.scenario, file, `${file}.scenario`),
    schedule,
  };
}
