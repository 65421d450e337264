import { readFileSync } from 'node:fs';

/** The code of an error of the file system, such as `ENOENT`. Undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  const { errno, code } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return errno === undefined ? undefined : code;
}

/** Whether the disk was full or the file system unavailable. Trying again later may succeed. */
export const isTransient = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EMFILE', 'ENFILE', 'EROFS', 'ESTALE'].includes(errorCode(error) ?? '');

/** The content of a file. Undefined if there is none. Throws any other error of the file system. */
export function readBytes(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** The same as text, in UTF-8. */
export const readText = (file: string): string | undefined => readBytes(file)?.toString('utf8');
