import { explore } from 'gfnring';
import 'gfnring/vitest';
import { expect, test } from 'vitest';

test.each(['sc', 'tso', 'rc11'] as const)('the tiny ring loses no page under %s', async (memoryModel) => {
  expect(await explore('./examples/tutorial/5-again.mjs', { memoryModel })).toHold();
});
