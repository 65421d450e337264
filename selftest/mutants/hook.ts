/**
 * Runs on Node's thread for module hooks. One module becomes a shell whose exports can be changed,
 * around the module as it is or with edits.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { patched } from '../patch/patch.ts';

let module = '';

export function initialize(url: string): void {
  module = url;
}

export function load(url: string, context: unknown, next: (url: string, context: unknown) => unknown): unknown {
  const [address, query] = url.split('?edits=');
  if (address !== module) return next(url, context);
  const text = readFileSync(fileURLToPath(module), 'utf8');
  const source = query === undefined ? shellOf(text) : patched(text, JSON.parse(decodeURIComponent(query)));
  return { format: 'module', source, shortCircuit: true };
}

/** A module that imports a name from the shell sees the present value. */
function shellOf(text: string): string {
  const names = [...text.matchAll(/^export (?:function|const|class) (\w+)/gm)].map(([, name]) => name);
  return `import * as asItIs from '${module}?edits=[]';
export let ${names.map((name) => `${name} = asItIs.${name}`).join(', ')};
export function become(other) { ${names.map((name) => `${name} = other.${name};`).join(' ')} }`;
}
