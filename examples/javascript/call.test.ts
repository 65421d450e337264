import { explore } from 'gfnring';
import 'gfnring/vitest';
import { expect, test } from 'vitest';

test.each(['sc', 'tso', 'rc11'] as const)('each call gets its answer under %s', async (memoryModel) => {
  expect(await explore('./examples/javascript/2-again.mjs', { memoryModel })).toHold();
});
