import { existsSync } from 'node:fs';
import { reportFileErrors } from '../../files/fileErrors.ts';
import { readText } from '../../files/readInput.ts';
import { BadInput } from '../../input/badInput.ts';
import { parseJson } from '../../input/parseJson.ts';
import { requireConsent } from '../../run/consent.ts';
import { parseSettings } from '../parse.ts';
import type { CampaignSettings } from '../settings.ts';
import { settingsFile } from './layout.ts';
import { checkFolders } from './openOwnFile.ts';

/** The same, with the user's consent to run its modules. Throws `BadInput` without it. */
export function readTrustedSettings(directory: string): CampaignSettings {
  const { json, settings } = reportFileErrors(`cannot read ${directory}`, () => readSettingsFile(directory));
  const sources = settings.bases.map(({ source }) => source);
  requireConsent(json, sources, settingsFile(directory));
  return settings;
}

/**
 * The settings of the campaign in a directory. Throws `BadInput` if there is no campaign, if its
 * schema is one that this version does not know, or if one of its folders is a link.
 */
export const readSettings = (directory: string): CampaignSettings => readSettingsFile(directory).settings;

function readSettingsFile(directory: string): { readonly json: unknown; readonly settings: CampaignSettings } {
  const file = settingsFile(directory);
  const text = readText(file);
  if (text === undefined)
    throw new BadInput(
      `${directory} is no campaign: ${existsSync(directory) ? 'it has no campaign.json' : 'there is no such directory'}`,
    );
  // Whatever reads a campaign reads its settings first, so this is the one place for the check.
  checkFolders(directory);
  const json = parseJson(text, file, 'campaign');
  return { json, settings: parseSettings(json, file) };
}
