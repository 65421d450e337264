import { expect, test } from 'vitest';
import type { Litmus } from './litmus.ts';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';
import { sample } from './randomTests.ts';
import { SUITE } from './suite.ts';

/** Compares the models with one another, on the suite and on random tests. */

const PROGRAMS = Number(process.env.GFNRING_PROGRAMS ?? 150);
const SEED = 7;
const inRc11 = ({ threads }: Litmus): boolean =>
  threads.flat().every(({ kind }) => !/^(rmb|wmb|lock|unlock)$/.test(kind));
const suite = SUITE.map((row) => row.test);
const textOf = (test: Litmus): string => JSON.stringify(test.threads);

test('the model by views is RC11', () => {
  for (const one of [...suite.filter(inRc11), ...sample('rc11', PROGRAMS, SEED)])
    expect([textOf(one), oracle(one, 'views')]).toEqual([textOf(one), oracle(one, 'rc11')]);
});

test('fences may be ordered against an unsynchronized value', () => {
  const one = litmus('x=1; mb; y=1 | r0=y; z=1 | r0=z; mb; r1=x');
  expect([oracle(one, 'views').graphs, oracle(one, 'rc11').graphs]).toEqual([8, 8]);
});

test('each model allows what the stronger one allows', () => {
  const grown = { tso: 0, rc11: 0 };
  for (const one of [...suite, ...sample('all', PROGRAMS, SEED)]) {
    const [sc, tso, rc11] = (['sc', 'tso', 'views'] as const).map((model) => oracle(one, model));
    for (const [less, more] of [
      [sc, tso],
      [tso, rc11],
    ])
      expect([textOf(one), [...less.outcomes].filter((outcome) => !more.outcomes.has(outcome))]).toEqual([
        textOf(one),
        [],
      ]);
    if (sc.graphs < tso.graphs) grown.tso++;
    if (tso.graphs < rc11.graphs) grown.rc11++;
  }
  // Some of the random tests must tell the models apart.
  expect(grown.tso).toBeGreaterThan(30);
  expect(grown.rc11).toBeGreaterThan(100);
});
