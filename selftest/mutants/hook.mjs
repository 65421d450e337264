/**
 * Runs on Node's thread for module hooks. One module becomes a shell whose exports can be changed,
 * around the module as it is or with an edit.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { patched } from '../../build/selftest/patch/patch.js';

let module = '';

export function initialize(url) {
  module = url;
}

export function load(url, context, next) {
  const [address, query] = url.split('?edit=');
  if (address !== module) return next(url, context);
  const text = readFileSync(fileURLToPath(module), 'utf8');
  const source = query === undefined ? shellOf(text) : patched(text, JSON.parse(decodeURIComponent(query)));
  return { format: 'module', source, shortCircuit: true };
}

/** Who imports a name sees what it is now. */
function shellOf(text) {
  const names = [...text.matchAll(/^export (?:function|const|class) (\w+)/gm)].map(([, name]) => name);
  return `import * as asItIs from '${module}?edit=[]';
export let ${names.map((name) => `${name} = asItIs.${name}`).join(', ')};
export function become(other) { ${names.map((name) => `${name} = other.${name};`).join(' ')} }`;
}
