import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import { createDirectory } from './createDirectory.ts';
import { errorCode } from './fileErrors.ts';

/**
 * Atomic write: a reader, or a crash at any moment, sees the old content or the new one, never a
 * part. Creates the directory. Throws what the file system throws, and leaves no draft behind.
 *
 * Packages for this sync neither the directory nor check for a short write, with which a full disk
 * begins.
 *
 * @param isDurable false: the content is not forced to the disk before this returns, which takes
 * milliseconds. A power loss may then leave a torn file, so it must be possible to write it again.
 */
export function writeAtomically(file: string, content: string | Uint8Array, isDurable = true): void {
  const directory = dirname(file);
  createDirectory(directory);
  const draft = `${file}.${process.pid}.${threadId}.tmp`;
  try {
    // `wx` does not follow a link that somebody else has put there.
    rmSync(draft, { force: true });
    writeFileSync(draft, content, { flush: isDurable, flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  if (isDurable) syncDirectory(directory);
}

/** Whether a file's name is that of a draft, which a killed process may leave behind. */
export const isDraft = (name: string): boolean => /\.\d+\.tmp$/.test(name);

/** A rename is durable only when its directory is. Some systems cannot sync a directory. */
function syncDirectory(directory: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(directory, 'r');
    fsyncSync(fd);
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
