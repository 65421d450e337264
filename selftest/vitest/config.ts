/**
 * How vitest runs tests with a bug in the program: what they import from `src` comes compiled from
 * `dist`, where the module hook of `patch` puts the bug in. Threads and processes that tests start
 * have it in any case.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { distUrl } from '../compiled.ts';

const ROOT = fileURLToPath(new URL('..', distUrl('')));
const SOURCE = `${ROOT}src/`;

export default defineConfig({
  root: ROOT,
  plugins: [
    {
      name: 'compiled',
      enforce: 'pre',
      resolveId(id, importer) {
        if (importer === undefined || !id.startsWith('.') || !id.endsWith('.ts')) return null;
        const { pathname } = new URL(id, `file://${importer}`);
        if (!pathname.startsWith(SOURCE)) return null;
        return fileURLToPath(distUrl(pathname.slice(SOURCE.length).replace(/ts$/, 'js')));
      },
    },
  ],
  test: {
    include: ['test/**/*.test.ts', 'properties/**/*.test.ts'],
    server: { deps: { external: [/\/(dist|build)\//] } },
    maxWorkers: 1,
    testTimeout: 60_000,
  },
});
