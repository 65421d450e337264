import { readFileSync } from 'node:fs';
import { distUrl } from './compiled.ts';
import { mistakes } from './mistakes/index.ts';
import type { Mistake } from './mistakes/mistake.ts';
import { missingNames } from './patch/moduleNames.ts';
import { patched } from './patch/patch.ts';
import type { SeededBug } from './patch/seededBug.ts';
import { benchmarkRingBugs, benchmarkRingScaffold } from './subjects/benchmarkRing.ts';
import { patchOf } from './subjects/canary.ts';
import { canaries } from './subjects/index.ts';
import { listTests } from './vitest/listTests.ts';

/** All seeded bugs, each with all of its edits. */
export const seededBugs: readonly SeededBug[] = [
  ...canaries.map((canary) => ({ ...canary, edits: patchOf(canary) })),
  ...benchmarkRingBugs.map((bug) => ({ ...bug, edits: [...benchmarkRingScaffold, ...bug.edits] })),
  ...mistakes,
];

/** The compiled text of a module, seen from `src`. */
export const compiledText = (file: string): string => readFileSync(distUrl(`${file}.js`), 'utf8');

/**
 * What is wrong with the edits of seeded bugs, as lines. An edit may fit no place or several, or
 * change nothing. After another the module is not JavaScript, or uses a name that does not exist.
 *
 * @param sourceOf gives the compiled text of a module; by default that in `dist`.
 */
export function misfits(sourceOf = compiledText, of = seededBugs): readonly string[] {
  return of.flatMap(({ name, edits }) =>
    [...new Set(edits.map(({ file }) => file))].flatMap((file) => {
      try {
        const source = sourceOf(file);
        const own = edits.filter((edit) => edit.file === file);
        const result = patched(source, own);
        if (result === source) return [`${name}: changes nothing in ${file}`];
        return missingNames(result, distUrl(`${file}.js`)).map((line) => `${name}: ${file}: ${line}`);
      } catch (error) {
        return [`${name}: ${(error as Error).message}`];
      }
    }),
  );
}

/** The tests that mistakes name and that do not exist, as lines. Vitest lists the tests. */
export async function missingTests(of: readonly Mistake[] = mistakes): Promise<readonly string[]> {
  const listed = await listTests([...new Set(of.map(({ testFile }) => testFile))]);
  const existing = new Set(listed.map(({ file, name }) => `${file}: ${name}`));
  return of.flatMap(({ name, testFile, expectedBy }) =>
    expectedBy
      .filter((test) => !existing.has(`${testFile}: ${test}`))
      .map((test) => `${name}: ${testFile} has no test with this name: ${test}`),
  );
}
