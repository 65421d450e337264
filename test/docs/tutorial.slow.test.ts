import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { explore } from 'gfnring';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../commandLine.ts';

const { folder, write } = temporaryFolder();
/** In another folder, vitest does not find the package by its name. */
const text = readFileSync('examples/tutorial/3-release.mjs', 'utf8').replace(
  "'gfnring'",
  `'${resolve('dist/index.js')}'`,
);

test.each([
  ['mem.storeRelease(prod', 'mem.store(prod'],
  ['mem.loadAcquire(prod', 'mem.load(prod'],
])('with %s replaced by %s, a page is lost under rc11', async (from, to) => {
  expect(text.split(from)).toHaveLength(2);
  const module = write(`${to}.mjs`, text.replace(from, to));
  const { findings } = await explore(module, { memoryModel: 'rc11', minimise: 0, dir: folder });
  expect(findings.map(({ property }) => property)).toEqual(['no dirty page is lost']);
});
