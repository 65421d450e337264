import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file whole or not at all, also where the machine loses its power. Throws what the file system throws, with nothing left behind.
 *
 * @param isLasting false: it can be written again from elsewhere, so that it need not be on the disk before this returns, which takes milliseconds.
 */
export function writeAtomically(file: string, text: string, isLasting = true): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  try {
    const fd = openSync(draft, 'w');
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      if (isLasting) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  if (isLasting) syncFolder(dirname(file));
}

/** Whether a file is one that `writeWhole` had not finished when its process was killed, by its name. */
export const isDraft = (name: string): boolean => /\.\d+\.tmp$/.test(name);

/** What is in a file, or undefined where there is none. */
export function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error)!)) return undefined;
    throw error;
  }
}

export const readText = (file: string): string | undefined => bytesOf(file)?.toString('utf8');

export const errorCode = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** Whether the file system had no room, or was not there for the moment: it may be the next time. */
export const isTransient = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EMFILE', 'ENFILE', 'EROFS', 'ESTALE'].includes(errorCode(error) ?? '');

/** A rename is there for good only when its folder is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
