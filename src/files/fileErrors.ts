import { BadInput } from '../input/badInput.ts';

/** The code of an error of the file system, such as `ENOENT`. Undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  const { errno, code } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return errno === undefined ? undefined : code;
}

/** Whether the disk was full or the file system unavailable. Trying again later may succeed. */
export const isTransient = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EMFILE', 'ENFILE', 'EROFS', 'ESTALE'].includes(errorCode(error) ?? '');

/**
 * Calls a function, and reports an error of the file system as `BadInput`.
 *
 * @param what cannot be done, for the message: `cannot write to night`.
 */
export function reportFileErrors<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new BadInput(`${what}: ${code}`);
  }
}
