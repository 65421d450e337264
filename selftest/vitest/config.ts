/**
 * How vitest runs tests with a bug in the program. What they import from `src` comes compiled from
 * `dist`, where the module hook of `patch` puts the bug in. Threads and processes that tests start
 * have it in any case.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { projectUrl } from '../compiled.ts';
import { COMPILED, compiled } from './compiled.ts';

const ROOT = fileURLToPath(projectUrl(''));
export default defineConfig({
  root: ROOT,
  plugins: [compiled(ROOT)],
  test: {
    include: ['test/**/*.test.ts', 'properties/**/*.test.ts'],
    server: { deps: { external: [COMPILED] } },
    maxWorkers: 1,
    testTimeout: 60_000,
  },
});
