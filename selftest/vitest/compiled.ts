import type { Plugin } from 'vite';

/** What the package exports. */
const EXPORTS = new Map([
  ['gfnring', 'dist/index.js'],
  ['gfnring/vitest', 'dist/testing/vitest.js'],
]);

/**
 * What tests import from `src` or from `gfnring` comes compiled from `dist`. It runs without the
 * indirection of vite's modules, and module hooks see it. `root` is the folder of the project, with
 * a slash.
 */
export function compiled(root: string): Plugin {
  const source = `${root}src/`;
  return {
    name: 'compiled',
    enforce: 'pre',
    resolveId(id, importer) {
      const exported = EXPORTS.get(id);
      if (exported !== undefined) return root + exported;
      if (importer === undefined || !id.startsWith('.') || !id.endsWith('.ts')) return null;
      const { pathname } = new URL(id, `file://${importer}`);
      if (!pathname.startsWith(source)) return null;
      return `${root}dist/${pathname.slice(source.length).replace(/ts$/, 'js')}`;
    },
  };
}

/** Compiled modules that vite leaves alone. */
export const COMPILED: RegExp = /\/(dist|build)\//;
