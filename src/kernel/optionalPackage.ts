import { KernelError } from './compiled.ts';

const INSTALL =
  'npm install --save-dev @yowasp/clang@22.0.0-git20542-10 binaryen@132.0.0 web-tree-sitter@0.27.2 tree-sitter-c@0.24.1';

/**
 * Loads an optional package. Throws `KernelError`, with the command to install it, where it is
 * missing.
 */
export async function optionalPackage<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new KernelError(`C is compiled with packages that are not installed: ${INSTALL}`);
  }
}
