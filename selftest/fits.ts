import { readFileSync } from 'node:fs';
import { parse } from 'acorn';
import { distUrl } from './compiled.ts';
import { mistakes } from './mistakes/index.ts';
import { type Edit, patched } from './patch/patch.ts';
import { patchOf } from './subjects/canary.ts';
import { canaries } from './subjects/index.ts';

/** The seeded bugs of both registries by name, each with all edits that it needs. */
const patches: readonly (readonly [name: string, edits: readonly Edit[]])[] = [
  ...canaries.map((canary) => [canary.name, patchOf(canary)] as const),
  ...mistakes.map(({ name, edits }) => [name, edits] as const),
];

/**
 * What is wrong with the seeded bugs, as lines: an edit that fits no place or several, one that
 * changes nothing, and one after which the module is not JavaScript.
 *
 * @param sourceOf gives the compiled text of a module; by default that in `dist`.
 */
export function misfits(
  sourceOf = (file: string): string => readFileSync(distUrl(`${file}.js`), 'utf8'),
): readonly string[] {
  return patches.flatMap(([name, edits]) =>
    [...new Set(edits.map(({ file }) => file))].flatMap((file) => {
      try {
        const source = sourceOf(file);
        const result = patched(
          source,
          edits.filter((edit) => edit.file === file),
        );
        parse(result, { ecmaVersion: 'latest', sourceType: 'module' });
        return result === source ? [`${name}: changes nothing in ${file}`] : [];
      } catch (error) {
        return [`${name}: ${(error as Error).message}`];
      }
    }),
  );
}
