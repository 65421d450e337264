import { expect, test } from 'vitest';
import { mistakes } from '../../selftest/mistakes/index.ts';
import { runMistake } from '../../selftest/mistakes/run.ts';

/** `npm run selftest` runs all mistakes; this is a sample. */
const STRIDE = 120;
const sample = mistakes.filter((_, i) => i % STRIDE === 0);

test('each mistake has a unique name', () => {
  expect(new Set(mistakes.map(({ name }) => name)).size).toBe(mistakes.length);
});

test.each(sample)('$name is caught', async (mistake) => {
  const { caught, why } = await runMistake(mistake);
  expect({ caught, why }).toEqual({ caught: true, why: null });
});
