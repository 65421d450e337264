import { parseSchedule } from '../explore/schedule.ts';
import { BadInput } from '../input/badInput.ts';
import { verifyChecksum } from '../input/checksum.ts';
import { checkVersion, checkWholeNumber, readFields } from '../input/fieldTypes.ts';
import { checkCanary } from '../run/canary.ts';
import { parseScenarioRef } from '../run/parseScenarioRef.ts';
import { type CorpusEntry, ENTRY_SCHEMA, entrySchema } from './corpus/corpusEntry.ts';
import { CAMPAIGN_SCHEMA, type CampaignSettings, settingsSchema } from './settings.ts';

/**
 * Reads the settings in `campaign.json`. Throws `BadInput` with the path of the first field that is
 * wrong, or if the settings were changed after they were written.
 */
export function parseSettings(value: unknown, file: string): CampaignSettings {
  checkVersion(value, file, CAMPAIGN_SCHEMA);
  const { kind: _, schema: __, canary, ...settings } = readFields(settingsSchema(), value, file);
  checkWholeNumber(settings.shard.part, `${file}.shard.part`, 1, settings.shard.of);
  const bases = settings.bases.map(({ source, ...base }, i) => ({
    ...base,
    source: parseScenarioRef(source, file, `${file}.bases[${i}].source`),
  }));
  verifyChecksum(value, file);
  checkCanary(file, canary);
  return { ...settings, bases, ...(canary !== undefined && { canary }) };
}

/** Reads the file of an entry of a corpus. Throws as `parseSettings`. */
export function parseEntry(value: unknown, file: string): CorpusEntry {
  const entry = parseEntryContent(value, file);
  verifyChecksum(value, file);
  return entry;
}

/** The same without its checksum, which only a file has. */
export function parseEntryContent(value: unknown, file: string): CorpusEntry {
  checkVersion(value, file, ENTRY_SCHEMA);
  const entry = readFields(entrySchema(), value, file);
  if (parseSchedule(entry.schedule) === undefined)
    throw new BadInput(`${file}.schedule is no schedule: runs like 0x5,1,0 are expected`);
  const scenario = parseScenarioRef(entry.scenario, file, `${file}.scenario`);
  return { ...entry, scenario };
}
