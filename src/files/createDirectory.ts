import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from './fileErrors.ts';

/**
 * Creates a directory and those above it. Returns the first that was missing; undefined: none was.
 * Throws what the file system throws.
 */
export function createDirectory(directory: string): string | undefined {
  try {
    return mkdirSync(directory, { recursive: true });
  } catch (error) {
    // Node reports this for a file system that is read-only, too.
    if (errorCode(error) !== 'ENOENT') throw error;
    let missing = resolve(directory);
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    mkdirSync(missing);
    return mkdirSync(directory, { recursive: true }) === undefined ? undefined : missing;
  }
}
