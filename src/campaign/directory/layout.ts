import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDraft } from '../../files/atomicWrite.ts';
import { errorCode } from '../../files/fileErrors.ts';
import { BadInput } from '../../input/badInput.ts';
import { fileStem } from '../../run/finding.ts';
import type { RecordedFinding } from '../state/findings.ts';

/** Settings, snapshot and journal are the campaign. The other files are written from them. */
export const settingsFile = (directory: string): string => join(directory, 'campaign.json');
export const snapshotFile = (directory: string): string => join(directory, 'state.json');
export const journalFile = (directory: string): string => join(directory, 'journal');
export const lockFile = (directory: string): string => join(directory, 'lock');
export const corpusFolder = (directory: string): string => join(directory, 'corpus');
export const findingsFolder = (directory: string): string => join(directory, 'findings');
/** Damaged files are moved here. */
export const quarantineFolder = (directory: string): string => join(directory, 'set-aside');

/** @param hash of the entry. */
export const entryFile = (directory: string, hash: string): string => join(corpusFolder(directory), `${hash}.json`);

export const findingFile = (directory: string, { key, finding }: RecordedFinding): string =>
  join(findingsFolder(directory), `${fileStem(finding.scenario.name)}-${key}.json`);

/**
 * The names in a folder in order, without the lock and drafts. Empty if there is no such folder.
 * Throws `BadInput` if it is a file.
 */
export function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name !== 'lock' && !isDraft(name))
      .sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    if (errorCode(error) === 'ENOTDIR') throw new BadInput(`${folder} is no directory`);
    throw error;
  }
}

/** Removes drafts of a killed process. The campaign must be locked: no other process is writing. */
export function removeDrafts(directory: string): void {
  for (const folder of [directory, corpusFolder(directory), findingsFolder(directory)])
    for (const name of allIn(folder)) if (isDraft(name)) rmSync(join(folder, name), { force: true });
}

function allIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
