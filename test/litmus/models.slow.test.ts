import { expect, test } from 'vitest';
import type { Litmus } from './litmus.ts';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';
import { sample } from './randomTests.ts';
import { SUITE } from './suite.ts';

/** Compares the models with one another, on the suite and on random tests. */

const SEED = 7;
const inRc11 = ({ threads }: Litmus): boolean =>
  threads.flat().every(({ kind }) => !/^(rmb|wmb|lock|unlock)$/.test(kind));
const suite = SUITE.map((row) => row.test);
const textOf = (test: Litmus): string => JSON.stringify(test.threads);

test('weak is RC11 with fences in the order of the steps', () => {
  for (const one of [...suite.filter(inRc11), ...sample('rc11', 400, SEED)])
    expect([textOf(one), oracle(one, 'weak')]).toEqual([textOf(one), oracle(one, 'rc11InSteps')]);
});

test('with two threads, that is RC11 itself', () => {
  const two = ({ threads }: Litmus): boolean => threads.length === 2;
  for (const one of [...suite.filter(inRc11), ...sample('rc11', 400, SEED)].filter(two))
    expect([textOf(one), oracle(one, 'weak')]).toEqual([textOf(one), oracle(one, 'rc11')]);
});

test('it allows less if an unsynchronized value goes from after one fence to before another', () => {
  const one = litmus('x=1; mb; y=1 | r0=y; z=1 | r0=z; mb; r1=x');
  expect([oracle(one, 'weak').graphs, oracle(one, 'rc11').graphs]).toEqual([7, 8]);
});

test('each model allows what the stronger one allows', () => {
  const grown = { tso: 0, weak: 0 };
  for (const one of [...suite, ...sample('all', 300, SEED)]) {
    const [sc, tso, weak] = (['sc', 'tso', 'weak'] as const).map((model) => oracle(one, model));
    for (const [less, more] of [
      [sc, tso],
      [tso, weak],
    ])
      expect([textOf(one), [...less.outcomes].filter((outcome) => !more.outcomes.has(outcome))]).toEqual([
        textOf(one),
        [],
      ]);
    if (sc.graphs < tso.graphs) grown.tso++;
    if (tso.graphs < weak.graphs) grown.weak++;
  }
  // Some of the random tests must tell the models apart.
  expect(grown.tso).toBeGreaterThan(30);
  expect(grown.weak).toBeGreaterThan(100);
});
