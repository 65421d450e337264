import type { Execution } from '#dist/explore/execution/execution.js';
import { createExecution, memoryModels } from '#dist/explore/memoryModels/registry.js';
import type { Program } from '#dist/explore/program.js';
import { type Random, randomOf } from '#dist/explore/random.js';
import { ReplayScheduler } from '#dist/explore/schedulers/replay.js';
import { VarintBuffer } from '#dist/explore/states/varintBuffer.js';
import type { Cell, Cell64 } from '#dist/memory/cell.js';
import { Layout } from '#dist/memory/layout.js';
import type { Memory } from '#dist/memory/memory.js';
import { NativeMemory } from '#dist/memory/nativeMemory.js';
import { RecordedMemory } from '#dist/memory/recordedMemory.js';
import { equal } from '../selfCheck.ts';

/** After steps forward and back, all is as it was. */
export function goingBack(): void {
  for (const model of memoryModels) {
    const { program: of } = wide();
    const execution = createExecution(model, of, 1000);
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
        equal(`${model}, back to step ${steps} of execution ${index}`, stateOf(execution), seen[steps]);
      }
    }
  }
}

/** What each access returns and leaves, where it is alone: by number, as C has it. The explorer, the memory of real threads, and a recording agree. */
export function accesses(): void {
  const { program: of, cells } = wide();
  const [, , x, b, h] = cells as [Cell64, Cell, Cell, Cell, Cell];
  const run = (mem: Memory): (number | bigint)[] => {
    const values: (number | bigint)[] = [];
    for (const [cell, value] of [
      [b, 0x1ff],
      [h, 0x1_ffff],
      [x, 2 ** 32 + 5],
    ] as const) {
      mem.store(cell, value);
      values.push(mem.load(cell));
    }
    values.push(mem.fetchAdd(b, 1), mem.load(b), mem.fetchAdd(h, 2), mem.load(h), mem.xchg(x, 0xffffffff));
    values.push(mem.fetchAdd(x, 8), mem.load(x), mem.cmpxchg(x, 7, 9), mem.cmpxchg(x, 8, 0x1_0000_00ff), mem.load(x));
    values.push(mem.fetchAnd(x, 0x0f), mem.load(x), mem.fetchOr(x, 0xf0), mem.load(x), mem.loadAcquire(x));
    mem.write64(cells[0] as Cell64, 0x1_2345_6789_abcdn);
    values.push(mem.read64(cells[0] as Cell64), mem.load(cells[1] as Cell));
    mem.storeRelease(cells[1] as Cell, 0xffff_0001);
    values.push(mem.load64(cells[0] as Cell64));
    return values;
  };
  const returned = [
    ...[0xff, 0xffff, 5],
    ...[255, 0, 65535, 1, 5, 0xffffffff, 7, 7, 9, 9, 9, 9, 9, 249, 249],
    ...[0x1_2345_6789_abcdn, 0x1_2345, 0xffff_0001_6789_abcdn],
  ];
  const buffer = new SharedArrayBuffer(of.layout.size);
  const native = run(new NativeMemory(buffer, 0));
  equal('real memory', native.map(String), returned.map(String));
  for (const model of memoryModels) {
    const alone = { ...of, actors: [{ name: 'alone', operations: [{ label: 'all', run }] }] };
    const execution = createExecution(model, alone, 1000);
    execution.reset();
    execution.run(new ReplayScheduler([]));
    equal(`${model}, what is returned`, execution.results[0][0], native);
    equal(`${model}, what is left`, [...execution.bytes.u8], [...new Uint8Array(buffer)]);
    const recorded = run(
      new RecordedMemory(
        0,
        execution.trace().filter(({ leaves }) => leaves !== true),
        of.layout,
      ),
    );
    equal(`${model}, a recording`, recorded, native);
  }
}

/** Cells of all widths, some over others, a lock and a wait queue. */
function wide(): { readonly program: Program; readonly cells: readonly (Cell | Cell64)[] } {
  const layout = new Layout();
  const q = layout.cell64('q');
  const cells = [
    q,
    layout.cell('high', 'u32', q.offset + 4),
    layout.cell('x', 'u32'),
    layout.cell('b', 'u8'),
    layout.cell('h', 'u16'),
  ] as const;
  const [, high, x, b, h] = cells;
  const [m, s] = [layout.lock('m', 'mutex'), layout.lock('s', 'spinlock')];
  cells satisfies readonly (Cell | Cell64)[];
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
  return { program: { layout, init: (mem) => mem.store(h, 2), actors }, cells };
}

function stepAtRandom(execution: Execution, random: Random): void {
  const threads = [...Array(32).keys()].filter((t) => execution.enabled & (1 << t));
  const thread = threads[(random.next() >>> 0) % threads.length];
  execution.step(thread, (random.next() >>> 0) % execution.choiceCount(thread));
}

function stateOf(execution: Execution): unknown {
  const row = new VarintBuffer();
  execution.addModelState(row);
  const words = [...row.words.subarray(0, row.end())];
  const { bytes, node, pending, operation, performed, asleep, enabled, live, halted, last, results } = execution;
  const arrays = [bytes.u32, node, pending, operation, performed, asleep].map((of) => [...of]);
  return [arrays, [enabled, live, halted, last], results, words];
}
