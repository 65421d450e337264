import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../files/fileErrors.ts';
import { BadInput } from '../input/badInput.ts';

/** Where a kernel source tree has its litmus tests. */
const IN_TREE = 'tools/memory-model/litmus-tests';

/**
 * The test files that a path stands for: a file, the files in a folder, or those of a kernel source
 * tree. Throws `BadInput` if there are none.
 */
export function litmusFiles(path: string): { readonly folder: string; readonly files: readonly string[] } {
  try {
    if (!statSync(path).isDirectory()) return { folder: '', files: [path] };
    const inTree = join(path, IN_TREE);
    const folder = existsSync(inTree) ? inTree : path;
    const files = filesBelow(folder).toSorted();
    if (files.length === 0) throw new BadInput(`there is no .litmus file in ${folder}`);
    return { folder, files };
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`cannot read ${path}: ${errorCode(error) ?? error}`);
  }
}

/** Links to folders are not followed: two that point up would be an endless tree. */
function filesBelow(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return filesBelow(folder, path);
    return path.endsWith('.litmus') ? [path] : [];
  });
}
