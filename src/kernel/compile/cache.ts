import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { writeAtomically } from '../../files/atomicWrite.ts';
import { type CompiledKernel, type CompiledUnit, KernelError } from '../compiled.ts';

/**
 * The folder of compiled files. Their names are hashes of their content, so any number of processes
 * may read and write here. On Linux `~/.cache/gfnring`; `$XDG_CACHE_HOME` counts on every system.
 */
const folder = (): string => {
  const base = process.env.XDG_CACHE_HOME;
  return base ? join(base, 'gfnring') : envPaths('gfnring', { suffix: '' }).cache;
};

const wasmOf = (key: string): string => join(folder(), `${key}.wasm`);
const jsonOf = (key: string): string => join(folder(), `${key}.json`);

/** The compiled file with that key, or undefined. */
export function loadFromCache<T extends CompiledUnit = CompiledKernel>(key: string): T | undefined {
  try {
    const compiled = JSON.parse(readFileSync(jsonOf(key), 'utf8')) as T;
    return statSync(wasmOf(key)).size === compiled.bytes ? compiled : undefined;
  } catch {
    return undefined; // also where one of its two files is missing
  }
}

const modules = new Map<string, WebAssembly.Module>();

/** The code of a compiled file. Read once: every scenario instantiates it. */
export function loadModule(key: string): WebAssembly.Module {
  const module = modules.get(key) ?? new WebAssembly.Module(readFileSync(wasmOf(key)));
  modules.set(key, module);
  return module;
}

export function saveToCache(compiled: CompiledUnit, wasm: Uint8Array): void {
  try {
    writeAtomically(wasmOf(compiled.key), wasm);
    writeAtomically(jsonOf(compiled.key), JSON.stringify(compiled));
  } catch (error) {
    throw new KernelError(
      `what is compiled cannot be kept: ${(error as Error).message}; XDG_CACHE_HOME names another folder`,
    );
  }
}
