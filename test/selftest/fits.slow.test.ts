import { expect, test } from 'vitest';
import { misfits, missingTests } from '../../selftest/fits.ts';
import type { Mistake } from '../../selftest/mistakes/mistake.ts';

const SOURCE = `
import { readFileSync } from 'node:fs';
import { check } from './assume.js';
export function sum(a, b) { let c = a + b; check(c > 0, readFileSync); return c; }
export function other(local) { return local; }
`;

/** What is wrong with one edit of the module above, without the names of the bug and its file. */
const wrongWith = (from: string, to: string): string[] => {
  const file = 'memory/made-up';
  const wrong = misfits(() => SOURCE, [{ name: 'bug', expectedBy: [], edits: [{ file, from, to }] }]);
  return wrong.map((line) => line.replace(/^bug: (memory\/made-up: )?/, ''));
};

test('an edit may use names of its scope, of imports and of the global object', () => {
  expect(wrongWith('return c;', 'return Math.max(a, b, c) + check.length + sum.length;')).toEqual([]);
  expect(wrongWith('return c;', 'return [1].map((x) => ({ x, made: arguments.length, c }));')).toEqual([]);
});

test('an edit that uses a name which is not declared in its scope is rejected', () => {
  expect(wrongWith('return c;', 'return d;')).toEqual(['d is not declared']);
  expect(wrongWith('return c;', 'return local;')).toEqual(['local is not declared']);
  expect(wrongWith('return c;', 'd = c; [e] = [c]; return c;')).toEqual(['d is not declared', 'e is not declared']);
  expect(wrongWith('let c', 'let d')).toEqual(['c is not declared']);
});

test('an edit that imports a module or a name which does not exist is rejected', () => {
  expect(wrongWith("'./assume.js'", "'./none.js'")).toEqual(['there is no module ./none.js']);
  expect(wrongWith("'node:fs'", "'node:none'")).toEqual(['there is no module node:none']);
  expect(wrongWith('import { check }', 'import { checks as check }')).toEqual(['./assume.js does not export checks']);
  expect(wrongWith('import { check }', 'import { assume as check }')).toEqual([]);
});

test('an edit that fits no place, changes nothing or leaves no JavaScript is rejected', () => {
  expect(wrongWith('return c + 1;', '')).toEqual(['a patch of memory/made-up fits 0 places, not one: return c + 1;']);
  expect(wrongWith('return c;', 'return c;')).toEqual(['changes nothing in memory/made-up']);
  expect(wrongWith('return c;', 'return (c;')).toEqual([expect.stringContaining('Unexpected token')]);
});

test('a mistake that names a test by a part of its name, or in another file, is rejected', async () => {
  const testFile = 'test/check/linearizability.test.ts';
  const [title, full] = ['equal stamps are concurrent', 'a register equal stamps are concurrent'];
  const naming = (test: string, file = testFile): Mistake => ({
    ...{ name: 'mistake', part: 'checks', testFile: file, expectedBy: [test], edits: [] },
  });
  expect(await missingTests([naming(full), naming(title), naming(full, 'test/check/none.test.ts')])).toEqual([
    `mistake: ${testFile} has no test with this name: ${title}`,
    `mistake: test/check/none.test.ts has no test with this name: ${full}`,
  ]);
});
