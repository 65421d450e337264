// Bundles the program into `bundle`: what users run. Node takes longer to load six hundred modules
// than most commands take. Tests and intentional bugs use the single modules in `dist`.
import { cpSync, renameSync, rmSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = `${root}src/`;

/** What is loaded by its name: the package's exports, the command, and threads. */
const ENTRIES = [
  'index',
  'testing/vitest',
  'testing/vitestPlugin',
  'shared/index',
  'cli/main',
  'cli/commandThread',
  'cli/parallel/scenarioWorker',
  'campaign/executors/campaignWorker',
  'process/forbidEnding',
  'run/lockstep/lockstepWorker',
  'run/search/searchWorker',
  'run/stress/stressWorker',
  'scenario/moduleHook',
];

/**
 * Modules find files by their own place. Code of all modules is in chunks, so the place where a
 * module would be without them takes the place of `import.meta.url`.
 */
const keepPlaces = {
  name: 'keep-places',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null;
    const place = relative(dirname(`${source}chunks/x`), id).replace(/\.ts$/, '.js');
    // Null: no line moves.
    return { code: code.replaceAll('import.meta.url', `new URL('${place}', import.meta.url).href`), map: null };
  },
};

/** Renamed at the end: a command that starts meanwhile finds the old bundle or the new one. */
const made = `${root}bundle.new`;
rmSync(made, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map((name) => [name, `${source}${name}.ts`])),
  platform: 'node',
  external: (id) => !/^[./]/.test(id),
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  plugins: [keepPlaces],
});
await bundle.write({
  dir: made,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  minifyInternalExports: false,
  keepNames: true,
  sourcemap: true,
  sourcemapExcludeSources: true,
  // The first frames of an access's stack are those of memory: see src/memory/sourceLine.ts.
  codeSplitting: { groups: [{ name: 'memory', test: /\/src\/memory\// }] },
});
cpSync(`${root}dist/process/poolThread.cjs`, `${made}/process/poolThread.cjs`);
rmSync(`${root}bundle`, { recursive: true, force: true });
renameSync(made, `${root}bundle`);
