import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInputBytes, statOf } from '../files/readInput.ts';
import { KernelError } from './compiled.ts';

/** The texts of files by path, for the compiler. */
export type SourceFiles = ReadonlyMap<string, string>;

/** Our own headers, which come before those of the tree. They are shipped in `src`. */
const SHIM = fileURLToPath(new URL('../../src/kernel/shim/', import.meta.url));
export const SHIM_AT = 'gfnring-shim';
/** Folders of a kernel tree for `#include <…>`. */
export const INCLUDE = ['include', 'include/uapi', 'arch/x86/include/uapi'] as const;

/** It does not match across lines: that would take quadratic time in a file of empty lines. */
const INCLUDE_LINE = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm;

const isFile = (path: string): boolean => statOf(path)?.isFile() ?? false;

/**
 * A C file of a kernel tree with the headers that it includes. Our own headers replace those that
 * would include the whole kernel. Paths are relative to the tree. Throws `KernelError` where the
 * tree or the file does not exist, and where a symbolic link leads out of the tree.
 */
export function collectSourceFiles(kdir: string, file: string): SourceFiles {
  if (!statOf(kdir)?.isDirectory()) throw new KernelError(`${kdir} is no folder: --kdir names an unpacked kernel tree`);
  if (file.startsWith('..') || !isFile(join(kdir, file)))
    throw new KernelError(`${join(kdir, file)} is no file of the tree: --file is seen from --kdir`);
  const files = new Map<string, string>();
  const add = (path: string, text: string): void => {
    files.set(path, text);
    for (const [, open, name] of text.matchAll(INCLUDE_LINE)) {
      if (files.has(`${SHIM_AT}/${name}`)) continue;
      const places = INCLUDE.map((folder) => posix.join(folder, name));
      if (open === '"') places.unshift(posix.join(dirname(path), name));
      const found = places.find((place) => !place.startsWith('..') && isFile(join(kdir, place)));
      // Otherwise the compiler reports it, with its line.
      if (found !== undefined) wanted.add(found);
    }
  };
  // It grows while it is iterated over.
  const wanted = new Set([file]);
  const shim = readdirSync(SHIM, { recursive: true, encoding: 'utf8' }).filter((path) => /\.[ch]$/.test(path));
  for (const path of shim) files.set(`${SHIM_AT}/${path.replaceAll('\\', '/')}`, '');
  // Our own headers include files of the tree.
  for (const path of shim.sort())
    add(`${SHIM_AT}/${path.replaceAll('\\', '/')}`, readFileSync(join(SHIM, path), 'utf8'));
  for (const path of wanted) if (!files.has(path)) add(path, readOf(kdir, path));
  return files;
}

/** The text of a file of the tree. Some files of the kernel are in Latin-1. */
function readOf(kdir: string, path: string): string {
  const real = realpathSync(join(kdir, path));
  const fromRoot = relative(realpathSync(kdir), real);
  if (isAbsolute(fromRoot) || /^\.\.(?:$|[\\/])/.test(fromRoot))
    throw new KernelError(
      `${join(kdir, path)} leads out of the tree through a symbolic link: gfnring reads only what is in --kdir`,
    );
  return readInputBytes(real, { what: 'file', followLinks: false }).toString();
}
