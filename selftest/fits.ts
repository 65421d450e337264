import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { distUrl } from './compiled.ts';
import { mistakes } from './mistakes/index.ts';
import type { Mistake } from './mistakes/mistake.ts';
import { patched } from './patch/patch.ts';
import type { SeededBug } from './patch/seededBug.ts';
import { patchOf } from './subjects/canary.ts';
import { canaries } from './subjects/index.ts';

const compiledText = (file: string): string => readFileSync(distUrl(`${file}.js`), 'utf8');

/**
 * What is wrong with the seeded bugs, as lines: an edit that fits no place or several, one that
 * changes nothing, one after which the module is not JavaScript, and a test that is not there.
 *
 * @param sourceOf gives the compiled text of a module; by default that in `dist`.
 */
export function misfits(sourceOf = compiledText): readonly string[] {
  const bugs: readonly SeededBug[] = [
    ...canaries.map((canary) => ({ ...canary, edits: patchOf(canary) })),
    ...mistakes,
  ];
  return [...bugs.flatMap((bug) => misfitsOf(bug, sourceOf)), ...mistakes.flatMap(missingTests)];
}

function misfitsOf({ name, edits }: SeededBug, sourceOf: typeof compiledText): readonly string[] {
  const files = [...new Set(edits.map(({ file }) => file))];
  return files.flatMap((file) => {
    try {
      const source = sourceOf(file);
      const own = edits.filter((edit) => edit.file === file);
      const result = patched(source, own);
      parse(result, { ecmaVersion: 'latest', sourceType: 'module' });
      return result === source ? [`${name}: changes nothing in ${file}`] : [];
    } catch (error) {
      return [`${name}: ${(error as Error).message}`];
    }
  });
}

/**
 * Names of tests whose last title no text in the test file can make. The full names need vitest.
 */
function missingTests({ name, testFile, expectedBy }: Mistake): readonly string[] {
  const path = fileURLToPath(new URL(`../${testFile}`, distUrl('')));
  if (!existsSync(path)) return [`${name}: there is no ${testFile}`];
  const titles = titlesIn(readFileSync(path, 'utf8'));
  return expectedBy
    .filter((test) => !titles.some((title) => title.test(test)))
    .map((test) => `${name}: ${testFile} has no test with this name: ${test}`);
}

/** All texts of a test file, as patterns for the end of a name. `%s` and `$name` match anything. */
function titlesIn(source: string): RegExp[] {
  const literals = source.matchAll(/'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`([^`]+)`/g);
  return [...literals].map(([, single, double, template]) => {
    const text = (single ?? double ?? template).replace(/\\(.)/g, '$1');
    const pattern = text.replace(/[.*+?^{}()|[\]\\]/g, '\\$&').replace(/%\w|\$\w+|\$\\\{.*?\\\}/g, '.+');
    return new RegExp(`(^| )${pattern.replace(/\$/g, '\\$')}$`);
  });
}
