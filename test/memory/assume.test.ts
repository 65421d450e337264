import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isBadInput } from '../../src/input/badInput.ts';
import { isCheckFailed } from '../../src/memory/assume.ts';

/** The exports of a compiled file, from another copy of it. */
async function secondCopy(file: string) {
  const copy = join(mkdtempSync(join(tmpdir(), 'gfnring-')), 'copy.mjs');
  writeFileSync(copy, readFileSync(join('dist', file), 'utf8').replace(/^\/\/# sourceMappingURL=.*/m, ''));
  return import(copy);
}

test('the errors of a second copy of the package are recognised, and no others of their name', async () => {
  const { check } = await secondCopy('memory/assume.js');
  const { BadInput } = await secondCopy('input/badInput.js');
  const thrownBy = (act: () => void): unknown => {
    try {
      return act();
    } catch (error) {
      return error;
    }
  };
  expect(thrownBy(() => check(false, 'a property'))).toSatisfy(isCheckFailed);
  expect(new BadInput('unusable')).toSatisfy(isBadInput);
  expect(Object.assign(new Error('no'), { name: 'CheckFailed' })).not.toSatisfy(isCheckFailed);
  expect(Object.assign(new Error('no'), { name: 'BadInput' })).not.toSatisfy(isBadInput);
});
