import { expect, test } from 'vitest';
import { runHarnessCanary, runUnpatched } from '../../selftest/harness/runs.ts';
import { selfCheckNames } from '../../selftest/harness/selfChecks.ts';
import { mistakes } from '../../selftest/mistakes/index.ts';

/**
 * Mistakes in the harness itself, each put into a process of its own: the self-check that is named must notice it. `npm run test:long` puts in all of them, `npm test`
 * the first for each self-check.
 */
const chosen =
  process.env.GFNRING_LONG === undefined
    ? selfCheckNames.flatMap((check) => mistakes.find(({ expectedBy }) => expectedBy === check) ?? [])
    : mistakes;

test('without a mistake, no self-check complains', async () => {
  expect((await runUnpatched()).wrong).toEqual([]);
});

test('each mistake has a name of its own, and each self-check notices one', () => {
  expect(new Set(mistakes.map(({ name }) => name)).size).toBe(mistakes.length);
  const named = new Set<string>(mistakes.map(({ expectedBy }) => expectedBy));
  expect(selfCheckNames.filter((name) => !named.has(name))).toEqual([]);
});

test.each(chosen.map((mistake) => [mistake.name, mistake] as const))('%s', async (_, mistake) => {
  const { caught, by, error } = await runHarnessCanary(mistake);
  expect({ caught, by, error }).toEqual({ caught: true, by: mistake.expectedBy, error: null });
});

test('a mistake that changes nothing is not noticed, and one that fits no place is told', async () => {
  const [mistake] = mistakes;
  const harmless = {
    ...mistake,
    expectedBy: 'models',
    edits: [{ file: 'models/ring', from: 'BUSY = -16', to: 'BUSY = -16' }],
  } as const;
  expect(await runHarnessCanary(harmless)).toMatchObject({ caught: false, by: null, error: null });
  const nowhere = { ...harmless, edits: [{ file: 'models/ring', from: 'nowhere(BUSY)', to: '' }] } as const;
  expect(await runHarnessCanary(nowhere)).toMatchObject({
    caught: false,
    by: 'crashed',
    error: expect.stringMatching(/fits 0 places/),
  });
});

test('a process that ends counts only where that is named', async () => {
  const edits = [{ file: 'models/ring', from: 'BUSY = -16', to: 'BUSY = process.exit(1)' }];
  const ends = { name: 'ends', part: 'none', expectedBy: 'models', edits } as const;
  expect(await runHarnessCanary(ends)).toMatchObject({ caught: false, by: 'crashed' });
  expect(await runHarnessCanary({ ...ends, expectedBy: 'crashed' })).toMatchObject({ caught: true, by: 'crashed' });
});
