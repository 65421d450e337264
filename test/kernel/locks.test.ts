import { expect, test } from 'vitest';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { optimalDpor } from '../../src/explore/optimalDpor/optimalDpor.ts';
import type { LockKind } from '../../src/kernel/compiled.ts';
import {
  type KernelLock,
  layKernelLock,
  lockAsReader,
  lockExclusively,
  unlockAsReader,
  unlockExclusively,
  waitForReaders,
} from '../../src/kernel/run/kernelLocks.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { lenient } from '../explore/programs.ts';

/** In every interleaving, how many threads each thread meets in the section that a lock guards. */
function meetings(kind: LockKind, threads: readonly ((mem: Memory, lock: KernelLock, enter: () => void) => void)[]) {
  const layout = new Layout();
  const inside = layout.cell('inside', 'u32');
  const lock = layKernelLock(layout, 'lock', kind, { threads: threads.length, hasReaders: true, hasSrcu: true });
  const met = threads.map(() => new Set<number>());
  const actors = threads.map((run, i) => ({
    name: `thread${i}`,
    operations: [
      {
        label: 'run',
        run: (mem: Memory) =>
          run(mem, lock, () => {
            met[i].add(mem.fetchAdd(inside, 1));
            mem.fetchAdd(inside, -1);
          }),
      },
    ],
  }));
  const execution = createExecution('sc', { layout, init: () => {}, actors }, 1000);
  const { blocked } = optimalDpor(execution, lenient, noLimits, {});
  return { met: met.map((seen) => [...seen].sort()), blocked };
}

const read = (mem: Memory, lock: KernelLock, enter: () => void): void => {
  lockAsReader(mem, lock);
  enter();
  unlockAsReader(mem, lock);
};
const write = (mem: Memory, lock: KernelLock, enter: () => void): void => {
  lockExclusively(mem, lock);
  enter();
  unlockExclusively(mem, lock);
};

test.each(['rwlock', 'rwsem'] as const)('readers of an %s meet, and a writer meets nobody', (kind) => {
  expect(meetings(kind, [read, read]).met).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(meetings(kind, [read, write]).met).toEqual([[0], [0]]);
  expect(meetings(kind, [write, write]).met).toEqual([[0], [0]]);
});

test('synchronize_srcu waits for readers, and readers do not wait', () => {
  const synchronize = (mem: Memory, lock: KernelLock, enter: () => void): void => {
    waitForReaders(mem, lock);
    enter();
  };
  expect(meetings('srcu', [read, read]).met[0]).toEqual([0, 1]);
  // A reader that enters after the call is not waited for.
  expect(meetings('srcu', [read, synchronize]).met).toEqual([
    [0, 1],
    [0, 1],
  ]);
});
