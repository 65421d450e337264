import { statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readInput } from '../files/readInput.ts';
import { isTypeScript, typeScriptNames } from '../loops/typescript.ts';

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*(['"])(\.{0,2}\/[^'"\n]+)\1/g;
const FILES_MAX = 1000;

/**
 * A module and the files that it imports by their paths, directly or not, without running anything.
 * A file that cannot be read counts too: it may come back.
 */
export function importedFiles(module: string): string[] {
  const files = new Set([module]);
  for (const file of files) {
    if (files.size > FILES_MAX) break;
    for (const [, , specifier] of textOf(file).matchAll(IMPORT)) {
      const url = new URL(specifier, pathToFileURL(file)).href;
      const names = [fileURLToPath(url), ...typeScriptNames(url)];
      files.add(names.find((name) => statSync(name, { throwIfNoEntry: false })?.isFile()) ?? names[0]);
    }
  }
  return [...files];
}

function textOf(file: string): string {
  if (!/\.[cm]?js$/.test(file) && !isTypeScript(file)) return '';
  try {
    return readInput(file, { what: 'scenario' });
  } catch {
    return '';
  }
}
