import { expect, test } from 'vitest';
import { optimalDpor } from '../../src/explore/optimalDpor/optimalDpor.ts';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import { explored } from './explored.ts';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';
import { sample } from './randomTests.ts';
import { SUITE } from './suite.ts';

/** The explorer finds exactly the outcomes of the oracle, and one execution per class. */

test.each([
  ['all kinds of stores and loads', 'x=1; rel y=2 | acq r0=y; r1=x; x=r1'],
  ['fences', 'x=1; wmb; mb; y=1 | r0=y; rmb; r1=x'],
  ['read-modify-writes', 'r0=xchg x 1; r1=add x 2 | r0=cmpxchg x 0 5; r1=add x r0'],
  ['what comes after an if', 'x=1; y=1 | r0=y; if r0=1; r1=x; x=2'],
  ['locks', 'lock m; r0=x; x=1; unlock m; lock s; y=1; unlock s | lock m; r0=x; x=2; unlock m; lock s; r1=y; unlock s'],
])('%s', (_, text) => {
  const expected = oracle(litmus(text), 'sc');
  expect(explored(litmus(text), optimalDpor)).toEqual(expected);
  expect(explored(litmus(text), depthFirstSearch)).toEqual(expected);
});

test('the suite', () => {
  for (const { name, test } of SUITE) expect([name, explored(test, optimalDpor)]).toEqual([name, oracle(test, 'sc')]);
});

test('drawn tests', () => {
  for (const test of sample('all', 200, 7))
    expect([JSON.stringify(test), explored(test, optimalDpor)]).toEqual([JSON.stringify(test), oracle(test, 'sc')]);
});
