import { expect, test } from 'vitest';
import { scenario } from '../../src/scenario/define.ts';
import { explore } from '../../src/testing/explore.ts';

/** Thread `b` repeats until it reads 1; thread `a` stores `stored`. */
const repeating = (stored: number) =>
  scenario({
    name: 'repeating',
    cells: { x: 'u32' },
    actors: {
      a: [(mem, { x }) => mem.store(x, stored)],
      b: [{ run: (mem, { x }) => mem.load(x), until: (seen) => seen === 1 }],
    },
  });

test.each(['sc', 'tso', 'rc11'] as const)('%s: if no execution ends, nothing is proved', async (memoryModel) => {
  const never = await explore(repeating(2), { memoryModel });
  expect([never.outcome, never.executions]).toEqual(['livelock', 0]);
  expect(never.findings.map(({ property }) => property)).toEqual(['no livelock: some thread makes progress']);
  expect((await explore(repeating(1), { memoryModel })).outcome).toBe('passed');
});
