import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readText } from '../../files/readInput.ts';
import { BadInput } from '../../input/badInput.ts';
import { parseJson } from '../../input/parseJson.ts';
import { entryHash } from '../corpus/corpusEntry.ts';
import { parseEntry } from '../parse.ts';
import type { CampaignState } from '../state/campaignState.ts';
import { corpusFolder, filesIn, findingFile } from './layout.ts';
import { quarantine } from './quarantine.ts';
import { readFindingFile } from './strayFindings.ts';

/**
 * Moves damaged entries and findings to the quarantine folder, so that they are exported again.
 * Returns what is wrong with each.
 */
export function quarantineDamaged(directory: string, state: CampaignState): string[] {
  const damages: string[] = [];
  const check = (file: string, read: (file: string) => void): void => {
    try {
      read(file);
    } catch (error) {
      damages.push(quarantine(directory, file, error));
    }
  };
  for (const name of filesIn(corpusFolder(directory)))
    if (name.endsWith('.json')) check(join(corpusFolder(directory), name), checkEntry);
  for (const finding of state.findings.recorded) {
    const file = findingFile(directory, finding);
    if (isThere(file)) check(file, readFindingFile);
  }
  return damages;
}

/** Also a link that leads nowhere. */
const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** Throws `BadInput` if a file is not the entry that its name says. */
function checkEntry(file: string): void {
  const entry = parseEntry(parseJson(readText(file) ?? '', file, 'corpus entry'), file);
  if (basename(file) !== `${entryHash(entry)}.json`)
    throw new BadInput(`${file} has another content than its name says`);
}
