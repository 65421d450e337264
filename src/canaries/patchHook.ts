/** Runs on Node's own thread for module hooks: modules of this package are loaded with the edits in them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { byModule, type Edit, patched } from './patch.ts';

let modules: ReadonlyMap<string, readonly Edit[]> = new Map();

export function initialize(edits: string): void {
  modules = byModule(new URL('..', import.meta.url), JSON.parse(edits));
}

export function load(url: string, context: unknown, next: (url: string, context: unknown) => unknown): unknown {
  const edits = modules.get(url);
  if (edits === undefined) return next(url, context);
  return { format: 'module', source: patched(readFileSync(fileURLToPath(url), 'utf8'), edits), shortCircuit: true };
}
