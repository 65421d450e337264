import { mkdirSync, renameSync } from 'node:fs';
import { join, relative } from 'node:path';
import { errorCode } from '../../files/fileErrors.ts';
import { BadInput } from '../../input/badInput.ts';
import { quarantineFolder } from './layout.ts';

/**
 * Moves a damaged file of a campaign to the quarantine folder. Returns its name and what is wrong
 * with it. Throws `error` if it is one of the file system.
 */
export function quarantine(directory: string, file: string, error: unknown): string {
  if (errorCode(error) !== undefined) throw error;
  const name = relative(directory, file);
  mkdirSync(quarantineFolder(directory), { recursive: true });
  renameSync(file, join(quarantineFolder(directory), name.replace(/[/\\]/g, '-')));
  return `${name}: ${error instanceof BadInput ? error.message : 'no JSON'}`;
}
