import { expect, test } from 'vitest';
import { isData, isFence, isRead, isRmw, isWrite, Kind, kindNames, rmwResult } from '../../src/memory/kinds.ts';

const kinds = Object.values(Kind);

test('kinds are numbered from 0 without a gap', () => {
  expect([...kinds].sort((a, b) => a - b)).toEqual(kinds.map((_, i) => i));
  expect(kinds.map((kind) => kindNames[kind])).toEqual(Object.keys(Kind));
});

test('each read-modify-write has a result, and no other kind', () => {
  for (const kind of kinds) {
    const result = (): number => rmwResult(kind, 1, 1, 1, 32);
    if (isRmw(kind)) expect(result()).toBeGreaterThanOrEqual(0);
    else expect(result).toThrow('is not expected here');
  }
});

test('a read-modify-write is data that is read and written; a fence is neither; no access is of no kind', () => {
  expect(kinds.filter((kind) => isRmw(kind) && !(isData(kind) && isRead(kind) && isWrite(kind)))).toEqual([]);
  expect(kinds.filter((kind) => isFence(kind) && (isData(kind) || isRead(kind) || isWrite(kind)))).toEqual([]);
  expect([isData, isRead, isWrite, isFence].map((is) => is(kinds.length))).toEqual([false, false, false, false]);
});
