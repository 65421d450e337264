import { expect, test } from 'vitest';
import type { Execution } from '../../src/explore/execution/execution.ts';
import { createExecution, steppedMemoryModelNames } from '../../src/explore/memoryModels/registry.ts';
import type { Program } from '../../src/explore/program.ts';
import { type Random, randomOf } from '../../src/explore/random.ts';
import { VarintBuffer } from '../../src/explore/states/varintBuffer.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';

/** Cells of all widths, some of which overlap, both kinds of locks, and a wait queue. */
function allPrimitives(): Program {
  const layout = new Layout();
  const q = layout.cell64('q');
  const high = layout.cell('high', 'u32', q.offset + 4);
  const [x, b, h] = [layout.cell('x', 'u32'), layout.cell('b', 'u8'), layout.cell('h', 'u16')];
  const [m, s] = [layout.lock('m', 'mutex'), layout.lock('s', 'spinlock')];
  const first = (mem: Memory) => {
    mem.store64(q, 0x7_0000_0003n);
    mem.lock(m);
    const seen = [mem.fetchAdd(x, 3), mem.cmpxchg(b, 0, 5)];
    mem.unlock(m);
    mem.mb();
    return [...seen, mem.load(high)];
  };
  const second = (mem: Memory) => {
    const slept = mem.wait(x, 0);
    mem.lock(s);
    mem.storeRelease(h, 9);
    mem.unlock(s);
    mem.rmb();
    return [slept, mem.xchg(high, 8), mem.load64(q)];
  };
  const third = (mem: Memory) => {
    mem.lock(m);
    mem.write(b, 4);
    mem.unlock(m);
    mem.wmb();
    mem.store(x, 1);
    mem.wake(x);
    return [mem.loadAcquire(h), mem.read64(q)];
  };
  const actors = [first, second, third].map((run, i) => ({
    name: `t${i}`,
    operations: [
      { label: 'run', run },
      { label: 'look', run: (mem: Memory) => mem.load(x) },
    ],
  }));
  return { layout, init: (mem) => mem.store(h, 2), actors };
}

function stepAtRandom(execution: Execution, random: Random): void {
  const threads = [...Array(32).keys()].filter((t) => execution.enabled & (1 << t));
  const thread = threads[(random.next() >>> 0) % threads.length];
  execution.step(thread, (random.next() >>> 0) % execution.choiceCount(thread));
}

function stateOf(execution: Execution): unknown {
  const row = new VarintBuffer();
  execution.memory.addState(row);
  const words = [...row.words.subarray(0, row.end())];
  const { bytes, node, pending, operation, performed, asleep, enabled, live, halted, last, results } = execution;
  const arrays = [bytes.u32, node, pending, operation, performed, asleep].map((array) => [...array]);
  return structuredClone([arrays, [enabled, live, halted, last], results, words]);
}

test.each(steppedMemoryModelNames)('%s: after steps forward and back all is as it was', (model) => {
  const execution = createExecution(model, allPrimitives(), 1000);
  for (let index = 0; index < 12; index++) {
    const random = randomOf(3, index);
    execution.reset();
    const seen = [stateOf(execution)];
    while (execution.stopped() === null) {
      stepAtRandom(execution, random);
      seen.push(stateOf(execution));
    }
    for (let steps = execution.steps; steps >= 0; steps -= 1 + (index % 3)) {
      execution.backTo(steps);
      expect([index, steps, stateOf(execution)]).toEqual([index, steps, seen[steps]]);
    }
  }
});
