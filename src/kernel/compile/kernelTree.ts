import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { readInputBytes, statOf } from '../../files/readInput.ts';
import { KernelError } from '../compiled.ts';

/** Texts of files by path; null: there is no such file. */
export type ChangedFiles = ReadonlyMap<string, string | null>;

/** A kernel tree, or any folder. Files that a patch changes exist in memory only. */
export class KernelTree {
  readonly kdir: string;
  private readonly changed: ChangedFiles;

  constructor(kdir: string, changed: ChangedFiles = new Map()) {
    this.kdir = kdir;
    this.changed = changed;
  }

  /** @param path normalised, and relative to the tree. */
  has(path: string): boolean {
    const text = this.changed.get(path);
    return text === undefined ? isFile(join(this.kdir, path)) : text !== null;
  }

  /**
   * The text of a file. Some files of the kernel are in Latin-1. Throws `KernelError` where a
   * symbolic link leads out of the tree.
   */
  read(path: string): string {
    return this.changed.get(path) ?? readWithin(this.kdir, path);
  }
}

export const isFile = (path: string): boolean => statOf(path)?.isFile() ?? false;

function readWithin(kdir: string, path: string): string {
  const real = realpathSync(join(kdir, path));
  const fromRoot = relative(realpathSync(kdir), real);
  if (isAbsolute(fromRoot) || /^\.\.(?:$|[\\/])/.test(fromRoot))
    throw new KernelError(
      `${join(kdir, path)} leads out of the tree through a symbolic link: gfnring reads only what is in --kdir`,
    );
  return readInputBytes(real, { what: 'file', followLinks: false }).toString();
}
