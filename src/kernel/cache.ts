import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Compiled, KernelError } from './compiled.ts';

/** Where compiled files are kept, under names made of their content: any number of processes may read and write here. */
const folder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gfnring');

const wasmOf = (key: string): string => join(folder(), `${key}.wasm`);
const jsonOf = (key: string): string => join(folder(), `${key}.json`);

/** What was compiled under that key, or undefined. */
export function cached(key: string): Compiled | undefined {
  try {
    const compiled = JSON.parse(readFileSync(jsonOf(key), 'utf8')) as Compiled;
    return statSync(wasmOf(key)).size === compiled.bytes ? compiled : undefined;
  } catch {
    return undefined; // also where half of it has gone: it is made again
  }
}

const modules = new Map<string, WebAssembly.Module>();

/** The code of a compiled file that is there: read once, as every scenario that is built has an instance of it. */
export function moduleOf(key: string): WebAssembly.Module {
  const module = modules.get(key) ?? new WebAssembly.Module(readFileSync(wasmOf(key)));
  modules.set(key, module);
  return module;
}

export function saveToCache(compiled: Compiled, wasm: Uint8Array): void {
  try {
    mkdirSync(folder(), { recursive: true });
  } catch (error) {
    throw new KernelError(
      `what is compiled cannot be kept: ${(error as Error).message}; XDG_CACHE_HOME names another folder`,
    );
  }
  const write = (path: string, content: string | Uint8Array): void => {
    writeFileSync(`${path}.${process.pid}`, content);
    renameSync(`${path}.${process.pid}`, path);
  };
  write(wasmOf(compiled.key), wasm);
  write(jsonOf(compiled.key), JSON.stringify(compiled));
}
