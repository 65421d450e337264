import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from './fileErrors.ts';

/**
 * Creates a directory and those above it. Returns the first that was missing; undefined: none was.
 * Throws what the file system throws.
 *
 * One by one: Node's recursive `mkdir` never returns for a path in /proc, and reports a missing
 * directory where a file system is read-only.
 *
 * @param mode of those that are created.
 */
export function createDirectory(directory: string, mode = 0o777): string | undefined {
  const path = resolve(directory);
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = dirname(at)) missing.unshift(at);
  if (missing.length === 0) missing.push(path);
  let first: string | undefined;
  for (const at of missing) if (create(at, mode)) first ??= at;
  return first;
}

/** Returns false where it exists: another process may have created it. */
function create(directory: string, mode: number): boolean {
  try {
    mkdirSync(directory, mode);
    return true;
  } catch (error) {
    const isThere = statSync(directory, { throwIfNoEntry: false })?.isDirectory();
    if (errorCode(error) === 'EEXIST' && isThere) return false;
    throw error;
  }
}
