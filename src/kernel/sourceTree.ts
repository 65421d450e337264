import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
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

const isFile = (path: string): boolean => statOf(path)?.isFile() ?? false;

/**
 * A C file of a kernel tree with the headers that it includes. Our own headers replace those that
 * would include the whole kernel. Paths are relative to the tree. Throws `KernelError` where the
 * tree or the file does not exist.
 */
export function collectSourceFiles(kdir: string, file: string): SourceFiles {
  if (!statOf(kdir)?.isDirectory()) throw new KernelError(`${kdir} is no folder: --kdir names an unpacked kernel tree`);
  if (file.startsWith('..') || !isFile(join(kdir, file)))
    throw new KernelError(`${join(kdir, file)} is no file of the tree: --file is seen from --kdir`);
  const files = new Map<string, string>();
  for (const path of readdirSync(SHIM, { recursive: true, encoding: 'utf8' }).sort())
    if (/\.[ch]$/.test(path))
      files.set(`${SHIM_AT}/${path.replaceAll('\\', '/')}`, readFileSync(join(SHIM, path), 'utf8'));
  const add = (path: string): void => {
    if (files.has(path)) return;
    // Some files of the kernel are in Latin-1.
    const text = readInputBytes(join(kdir, path), { what: 'file' }).toString();
    files.set(path, text);
    includesOf(text, path);
  };
  const includesOf = (text: string, path: string): void => {
    for (const [, open, name] of text.matchAll(/^\s*#\s*include\s+([<"])([^>"]+)[>"]/gm)) {
      if (files.has(`${SHIM_AT}/${name}`)) continue;
      const places = INCLUDE.map((folder) => posix.join(folder, name));
      if (open === '"') places.unshift(posix.join(dirname(path), name));
      const found = places.find((place) => !place.startsWith('..') && isFile(join(kdir, place)));
      if (found !== undefined) add(found); // otherwise the compiler reports it, with its line
    }
  };
  add(file);
  // Our own headers include files of the tree.
  for (const [path, text] of [...files]) if (path.startsWith(SHIM_AT)) includesOf(text, path);
  return files;
}
