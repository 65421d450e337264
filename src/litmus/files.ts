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
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.litmus'))
      .toSorted();
    if (files.length === 0) throw new BadInput(`there is no .litmus file in ${folder}`);
    return { folder, files };
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`cannot read ${path}: ${errorCode(error) ?? error}`);
  }
}
