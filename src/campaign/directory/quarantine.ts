import { renameSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createDirectory } from '../../files/createDirectory.ts';
import { errorCode } from '../../files/fileErrors.ts';
import { BadInput } from '../../input/badInput.ts';
import { quarantineFolder } from './layout.ts';

/**
 * Moves a damaged file of a campaign to the quarantine folder. Returns what is wrong with it, which
 * names the file. Throws `error` if it is one of the file system.
 *
 * @param error what reading the file threw. A `BadInput` names the file.
 */
export function quarantine(directory: string, file: string, error: unknown): string {
  if (errorCode(error) !== undefined) throw error;
  const name = relative(directory, file);
  createDirectory(quarantineFolder(directory));
  renameSync(file, join(quarantineFolder(directory), name.replace(/[/\\]/g, '-')));
  return error instanceof BadInput ? error.message : `${file} is no JSON`;
}
