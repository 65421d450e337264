// Tests of a mutant: a module of the source that has edits is what was compiled of it, with the edits in it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { patched } from '../../build/selftest/patch/patch.js';
import { PATCH_VARIABLE } from '../../build/selftest/patch/variable.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const edits = JSON.parse(process.env[PATCH_VARIABLE] ?? '[]');

export default defineConfig({
  root,
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      load(id) {
        const of = edits.filter(({ file }) => id === `${root}src/${file}.ts`);
        return of.length === 0 ? undefined : patched(readFileSync(`${root}dist/${of[0].file}.js`, 'utf8'), of);
      },
    },
  ],
  test: { testTimeout: 20_000, bail: 1, pool: 'threads', isolate: false, maxWorkers: 1 },
});
