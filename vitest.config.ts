import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { COMPILED, compiled } from './selftest/vitest/compiled.ts';

const plugins = [compiled(fileURLToPath(new URL('.', import.meta.url)))];
const server = { deps: { external: [COMPILED] } };

export default defineConfig({
  test: {
    // One more than the cores of CI: many tests wait for processes.
    maxWorkers: 3,
    globalSetup: 'test/compile.ts',
    projects: [
      {
        plugins,
        test: {
          server,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.slow.test.ts'],
          // The modules that these tests import have no state. Loading them again for each file
          // would take longer than the tests.
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        plugins,
        test: {
          server,
          name: 'slow',
          // clang is a large WebAssembly module. Optimising it takes longer than running it.
          execArgv: ['--liftoff-only'],
          include: ['test/**/*.slow.test.ts', 'properties/**/*.test.ts', 'examples/**/*.test.ts'],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
