import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isDraft, writeAtomically } from '../../src/files/atomicWrite.ts';
import { emptyFolder } from '../commandLine.ts';

test.each([true, false])('a file is replaced as a whole, in a folder that is created (durable: %s)', (isDurable) => {
  const folder = join(emptyFolder(), 'a/b');
  const file = join(folder, 'file');
  writeAtomically(file, 'a longer text', isDurable);
  writeAtomically(file, new Uint8Array([104, 105]), isDurable);
  expect(readFileSync(file, 'utf8')).toBe('hi');
  expect(readdirSync(folder)).toEqual(['file']);
});

test('a failed write keeps the old file, and leaves no temporary file', () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'file/within'), { recursive: true });
  expect(() => writeAtomically(join(folder, 'file'), 'text')).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(folder)).toEqual(['file']);
  writeFileSync(join(folder, 'other'), '');
  expect(() => writeAtomically(join(folder, 'other/file'), 'text')).toThrow(/ENOTDIR|EEXIST/);
  expect(readdirSync(folder)).toEqual(['file', 'other']);
});

test('a draft of a killed process is known by its name', () => {
  expect(['state.json.17.0.tmp', 'state.json.17.tmp', 'state.json', 'notes.tmp'].map(isDraft)).toEqual([
    ...[true, true, false, false],
  ]);
});
