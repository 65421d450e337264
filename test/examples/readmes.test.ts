import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { explore } from 'gfnring';
import { expect, test } from 'vitest';
import 'gfnring/vitest';
import { blocksOf, commandsOf } from '../docs/blocks.ts';

const folders = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const names = folders.map(({ name }) => name).filter((name) => name !== 'kernel');
const models = ['sc', 'tso', 'rc11'] as const;

test('the list of examples is complete, and each has a document with a command', () => {
  const listed = [...readFileSync('examples/README.md', 'utf8').matchAll(/^\| \[(.*)\]\(\1\)/gm)].map(
    ([, name]) => name,
  );
  const there = readdirSync('examples').filter((name) => name !== 'README.md');
  expect(listed.toSorted()).toEqual(there.toSorted());
  // docs/kernel-confirm.md has the commands of the scripts for kernels.
  for (const name of names.filter((other) => other !== 'kernel-fixes'))
    expect([name, blocksOf(`examples/${name}/README.md`).flatMap(commandsOf)]).not.toEqual([name, []]);
});

/** The verdicts that documents and comments state for the other memory models. */
test.each([
  ['own-scenario/clear-then-copy', 'passed', 'passed', 'passed'],
  ['own-scenario/copy-then-clear', 'violated', 'violated', 'violated'],
  ['spsc-queue/ringbuf', 'passed', 'passed', 'passed'],
  ['spsc-queue/publishes-first', 'violated', 'violated', 'violated'],
  ['spsc-queue/plain-index', 'passed', 'violated', 'violated'],
  ['javascript/1-stale', 'violated', 'violated', 'violated'],
  ['javascript/2-again', 'passed', 'passed', 'passed'],
  ['sb', 'passed', 'violated', 'violated'],
  ['lost-update', 'violated', 'violated', 'violated'],
])('%s under sc, tso and rc11', async (name, ...outcomes) => {
  const module = `examples/${name}.mjs`;
  expect(existsSync(module)).toBe(true);
  const reports = await Promise.all(models.map((memoryModel) => explore(module, { memoryModel, minimise: 0 })));
  expect(reports.map(({ outcome }) => outcome)).toEqual(outcomes);
});

test.each([
  ['right', 'passed'],
  ['wrong', 'violated'],
])('consumer/%s.mjs', async (name, outcome) => {
  expect((await explore(`examples/consumer/${name}.mjs`, { minimise: 0 })).outcome).toBe(outcome);
});
