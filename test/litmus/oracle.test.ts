import { expect, test } from 'vitest';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';
import { publishedCounts } from './published.ts';

test.each(publishedCounts)('%s under %s has as many executions as GenMC counts', (_, model, text, graphs) => {
  expect(oracle(litmus(text), model).graphs).toBe(graphs);
});
