import { expect, test } from 'vitest';
import { C11_SUITE } from './c11Suite.ts';
import { cellsOf, registersOf } from './litmus.ts';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';

/** Whether a test may end with these values of all registers, thread by thread. */
function allows(text: string, values: readonly number[]): boolean {
  const one = litmus(text);
  const wanted: number[][] = [];
  let rest = values;
  for (const thread of one.threads) {
    const { length } = registersOf(thread);
    wanted.push([...rest.slice(0, length)]);
    rest = rest.slice(length);
  }
  expect(rest, 'one value a register').toEqual([]);
  expect(cellsOf(one).length).toBeGreaterThan(0);
  return [...oracle(one, 'rc11').outcomes].some((outcome) => {
    return JSON.stringify(JSON.parse(outcome)[0]) === JSON.stringify(wanted);
  });
}

test.each(C11_SUITE.map((row) => [row.name, row] as const))('%s', (_, { text, values, isAllowed }) => {
  expect(allows(text, values)).toBe(isAllowed);
});
