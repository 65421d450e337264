import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { compile } from '../../src/kernel/compile/compile.ts';
import { KernelTree } from '../../src/kernel/compile/kernelTree.ts';
import { collectSourceFiles } from '../../src/kernel/compile/sourceTree.ts';
import type { CompiledKernel } from '../../src/kernel/compiled.ts';
import { aroundFiles } from '../../src/kernel/slice/around.ts';
import { emptyFolder } from '../commandLine.ts';

/** A C file and its kernel tree. */
export interface Tree {
  readonly kdir: string;
  readonly file: string;
}

/** The mail's ring in C, which is part of this project. */
export const MAIL: Tree = { kdir: 'examples/kernel', file: 'virt/kvm/gfnring.c' };

/**
 * The kernel trees that GFNRING_KDIR names, separated as in PATH. They are not part of this
 * project.
 */
export const TREES: readonly Tree[] = (process.env.GFNRING_KDIR ?? '')
  .split(delimiter)
  .filter((kdir) => kdir !== '')
  .map((kdir) => ({ kdir, file: 'virt/kvm/dirty_ring.c' }));

/** Those trees. If there are none, one whose name says so. */
export const treesOrNone: readonly Tree[] = TREES.length > 0 ? TREES : [{ kdir: 'GFNRING_KDIR is not set', file: '' }];

export const compiled = ({ kdir, file }: Tree): Promise<CompiledKernel> => compile({ kdir, file, allowed: [] });

/**
 * A temporary copy of the compiled files of a tree, as a user who edits C would have it. Each text
 * is replaced in the first file that contains it. Throws if none does. Seeded bugs of the
 * JavaScript subjects are in `selftest`.
 */
export function edited({ kdir, file }: Tree, ...edits: readonly (readonly [from: string, to: string])[]): Tree {
  const copy = emptyFolder();
  const files = new Map(
    [...collectSourceFiles(new KernelTree(kdir), file), ...aroundFiles(new KernelTree(kdir))].filter(
      ([path]) => !path.startsWith('gfnring-'),
    ),
  );
  for (const [from, to] of edits) {
    const [path, text] = [...files].find(([, text]) => text.includes(from)) ?? [];
    if (path === undefined || text === undefined) throw new Error(`${file} and its headers have no ${from}`);
    files.set(
      path,
      text.replace(from, () => to),
    );
  }
  for (const [path, text] of files) {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  return { kdir: copy, file };
}
