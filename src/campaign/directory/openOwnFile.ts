import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { writeAtomically } from '../../files/atomicWrite.ts';
import { errorCode } from '../../files/fileErrors.ts';
import { readBytes } from '../../files/readInput.ts';
import { BadInput } from '../../input/badInput.ts';
import { corpusFolder, findingsFolder, quarantineFolder } from './layout.ts';

/**
 * Opens a file of a campaign to write to it. Throws `BadInput` for what is no regular file:
 * somebody else may have put a link there, which must not be followed. A file that has other names
 * (hard links) is replaced by a copy first, so that what they name stays as it is: it may be a file
 * elsewhere, or a backup made by `cp -al`.
 *
 * @param flags of `open`, such as O_RDWR.
 */
export function openOwnFile(file: string, flags: number): number {
  const fd = openRegularFile(file, flags);
  if (fstatSync(fd).nlink <= 1) return fd;
  closeSync(fd);
  writeAtomically(file, readBytes(file) ?? '');
  return openRegularFile(file, flags);
}

function openRegularFile(file: string, flags: number): number {
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let fd: number;
  try {
    fd = openSync(file, flags | O_NOFOLLOW | O_NONBLOCK, 0o666);
  } catch (error) {
    if (errorCode(error) === 'ELOOP') throw new BadInput(`${file} is a symbolic link: it is not followed`);
    if (['EISDIR', 'ENXIO', 'ENODEV'].includes(errorCode(error) ?? ''))
      throw new BadInput(`${file} is no regular file`);
    throw error;
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new BadInput(`${file} is no regular file`);
}

/** Throws `BadInput` if a folder of a campaign is no folder but a link, or a file. */
export function checkFolders(directory: string): void {
  for (const folder of [corpusFolder(directory), findingsFolder(directory), quarantineFolder(directory)]) {
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isDirectory())
      throw new BadInput(
        `${folder} is ${stats.isSymbolicLink() ? 'a symbolic link: it is not followed' : 'no folder'}`,
      );
  }
}
