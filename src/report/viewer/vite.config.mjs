import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

/** The viewer becomes one file, dist/report/viewer/index.html: a template, which a report is put into. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  logLevel: 'warn',
  plugins: [viteSingleFile()],
  build: {
    outDir: fileURLToPath(new URL('../../../dist/report/viewer', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
  },
});
