import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInputBytes, statOf } from '../../files/readInput.ts';
import { KernelError } from '../compiled.ts';
import { isFile, type KernelTree } from './kernelTree.ts';

/** The texts of files by path, for the compiler. */
export type SourceFiles = ReadonlyMap<string, string>;

/** Our own headers, which come before those of the tree. They are shipped in `src`. */
export const SHIM = fileURLToPath(new URL('../../../src/kernel/shim/', import.meta.url));
export const SHIM_AT = 'gfnring-shim';
/** Where the folders of `--shim` and the files of `--include` are for the compiler. */
export const USERS_SHIM_AT = 'gfnring-users-shim';
const INCLUDED_AT = 'gfnring-included';
/** Whether the path of a compiled file is one of the tree, and not one of ours or the user's. */
export const isOfTree = (path: string): boolean => !path.startsWith('gfnring-');
/** SHA-256 in hex. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Folders of a kernel tree for `#include <…>`. */
export const INCLUDE = ['include', 'include/uapi', 'arch/x86/include/uapi'] as const;
/** Headers that the compilation writes. */
export const GENERATED = ['macros', 'structs', 'kvm', 'kvm_vcpu', 'kvm_memory_slot', 'functions'].map(
  (part) => `linux/gfnring_tree_${part}.h`,
);

/** It does not match across lines: that would take quadratic time in a file of empty lines. */
const INCLUDE_LINE = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm;
/** Headers of the kernel for which our kvm_host.h stands; the others are those of the tree. */
const OURS = /^(?:linux|asm|asm-generic|trace|kvm)\/|(?:^|\/)(?:kvm_host|kvm_mm|mmu_lock)\.h$/;
const THE_TREES = /^linux\/kvm(?!_host|_types)\w*\.h$|^linux\/kvm\.h$/;

/** A user's additions to the headers of a compilation. */
export interface UsersHeaders {
  /** Files that are included before the C file. */
  readonly includes: readonly string[];
  /** Folders with headers that replace ours. */
  readonly shims: readonly string[];
}

/**
 * A C file of a kernel tree with the headers that it includes. Our own headers replace those that
 * would include the whole kernel. Paths are relative to the tree. Throws `KernelError` where the
 * tree or the file does not exist, and where a symbolic link leads out of the tree.
 */
export function collectSourceFiles(
  tree: KernelTree,
  file: string,
  users: UsersHeaders = { includes: [], shims: [] },
): SourceFiles {
  const { kdir } = tree;
  if (!statOf(kdir)?.isDirectory()) throw new KernelError(`${kdir} is no folder: --kdir names an unpacked kernel tree`);
  if (file.startsWith('..') || !tree.has(file))
    throw new KernelError(`${join(kdir, file)} is no file of the tree: --file is seen from --kdir`);
  const files = new Map<string, string>();
  const own = [...ownHeaders(), ...usersHeaders(users)];
  for (const [path] of own) files.set(path, '');
  for (const path of GENERATED) files.set(`${SHIM_AT}/${path}`, '');
  // It grows while it is iterated over.
  const wanted = new Set([file]);
  const add = (path: string, text: string): void => {
    files.set(path, text);
    for (const [, open, name] of text.matchAll(INCLUDE_LINE)) {
      if ([SHIM_AT, USERS_SHIM_AT].some((folder) => files.has(`${folder}/${name}`))) continue;
      const places = INCLUDE.map((folder) => posix.join(folder, name));
      if (open === '"') places.unshift(posix.join(dirname(path), name));
      const found = places.find((place) => !place.startsWith('..') && tree.has(place));
      if (isReplaced(tree, name, found)) files.set(`${SHIM_AT}/${name}`, STAND_IN);
      // Where nothing is found, the compiler reports it, with its line.
      else if (found !== undefined) wanted.add(found);
    }
  };
  for (const [path, text] of own) add(path, text);
  for (const path of wanted) if (!files.has(path)) add(path, tree.read(path));
  return files;
}

/** The text of a header for which kvm_host.h stands. */
const STAND_IN = '#pragma once\n#include <linux/kvm_host.h>\n';

/** A header of the kernel that includes others would reach all of it. */
function isReplaced(tree: KernelTree, name: string, found: string | undefined): boolean {
  if (!OURS.test(name) || THE_TREES.test(name)) return false;
  return found === undefined || (!found.includes('/uapi/') && /^[ \t]*#[ \t]*include/m.test(tree.read(found)));
}

/** A file of the tree that is not compiled as a whole; undefined: the tree does not have it. */
export const readAround = (tree: KernelTree, path: string): string | undefined =>
  tree.has(path) ? tree.read(path) : undefined;

/** The paths of the files of `--include`, as the compiler sees them. */
export const includedPaths = ({ includes }: UsersHeaders): string[] =>
  includes.map((path, i) => `${INCLUDED_AT}/${i}/${basename(path)}`);

const ownHeaders = (): [path: string, text: string][] => packageSources(SHIM, SHIM_AT);

/** The C files of a folder of this package, with their paths below `at`. */
export function packageSources(folder: string, at: string): [path: string, text: string][] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.[ch]$/.test(path));
  return names.sort().map((path) => [`${at}/${path.replaceAll('\\', '/')}`, readFileSync(join(folder, path), 'utf8')]);
}

function usersHeaders(users: UsersHeaders): [path: string, text: string][] {
  const read = (path: string): string => {
    if (!isFile(path)) throw new KernelError(`${path} is no file`);
    return readInputBytes(path, { what: 'file' }).toString();
  };
  const paths = includedPaths(users);
  const included = users.includes.map((path, i): [string, string] => [paths[i], read(path)]);
  const replaced = users.shims.flatMap((folder) => {
    if (!statOf(folder)?.isDirectory()) throw new KernelError(`${folder} is no folder: --shim names one with headers`);
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.h'));
    return names
      .sort()
      .map((path): [string, string] => [`${USERS_SHIM_AT}/${path.replaceAll('\\', '/')}`, read(join(folder, path))]);
  });
  return [...included, ...replaced];
}
