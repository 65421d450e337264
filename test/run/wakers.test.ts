import { expect, test } from 'vitest';
import { ReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { createRun, runOnce, scMemory } from '../../src/run/createRun.ts';
import { Wakers } from '../../src/run/minimise/wakers.ts';
import { scenario } from '../../src/scenario/define.ts';
import { omitOperations } from '../../src/scenario/omittedOperations.ts';

test('an operation that could have woken a sleeping thread is not left out', () => {
  const asleep = scenario({
    name: 'asleep',
    cells: { x: 'u32', z: 'u32' },
    actors: {
      waits: [(mem, { x }) => mem.wait(x, 0)],
      wakes: [(mem, { x }) => mem.wake(x), (mem, { x }) => mem.store(x, 1)],
      other: [(mem, { z }) => mem.store(z, 1)],
    },
  });
  const wakers = new Wakers(asleep, scMemory, 10);
  const run = createRun(asleep, 100);
  expect(runOnce(run, new ReplayScheduler([2, 1, 0, 1])).stop.kind).toBe('deadlock');
  const areKept = (...skipped: number[][]): boolean => wakers.areKept(run, omitOperations(asleep, skipped));
  expect([areKept([], [0], []), areKept([], [1], []), areKept([], [], [0])]).toEqual([false, false, true]);
});
