import { expect, test } from 'vitest';
import { explore } from '../../src/testing/explore.ts';

test('the example without barriers holds under sc and tso, and not under rc11', async () => {
  const outcomes = ['sc', 'tso', 'rc11'] as const;
  const reports = outcomes.map((memoryModel) => explore('examples/publish.mjs', { memoryModel }));
  const found = (await Promise.all(reports)).map(({ memoryModel, outcome }) => [memoryModel, outcome]);
  expect(found).toEqual([
    ['sc', 'passed'],
    ['tso', 'passed'],
    ['rc11', 'violated'],
  ]);
});
