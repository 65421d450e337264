/**
 * Modules of the program are loaded with their edits. Runs on Node's thread for module hooks, or on
 * the same thread where Node has `registerHooks`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { distUrl } from '../compiled.ts';
import { byModule, type Edit, patched } from './patch.ts';

let modules: ReadonlyMap<string, readonly Edit[]> = new Map();

export function initialize(edits: string): void {
  modules = byModule(distUrl(''), JSON.parse(edits));
}

export function load(url: string, context: unknown, next: (url: string, context: unknown) => unknown): unknown {
  const edits = modules.get(url);
  if (edits === undefined) return next(url, context);
  return { format: 'module', source: patched(readFileSync(fileURLToPath(url), 'utf8'), edits), shortCircuit: true };
}
