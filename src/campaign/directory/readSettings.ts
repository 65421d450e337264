import { existsSync } from 'node:fs';
import { readText } from '../../files/readInput.ts';
import { BadInput } from '../../input/badInput.ts';
import { parseJson } from '../../input/parseJson.ts';
import { parseSettings } from '../parse.ts';
import type { CampaignSettings } from '../settings.ts';
import { settingsFile } from './layout.ts';

/**
 * The settings of the campaign in a directory. Throws `BadInput` if there is no campaign, or if its
 * schema is one that this version does not know.
 */
export function readSettings(directory: string): CampaignSettings {
  const file = settingsFile(directory);
  const text = readText(file);
  if (text === undefined)
    throw new BadInput(
      `${directory} is no campaign: ${existsSync(directory) ? 'it has no campaign.json' : 'there is no such directory'}`,
    );
  return parseSettings(parseJson(text, file, 'campaign'), file);
}
