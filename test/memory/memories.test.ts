import { describe, expect, test } from 'vitest';
import { traceOf } from '../../src/explore/execution/trace.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import type { Program } from '../../src/explore/program.ts';
import { ReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { NativeMemory } from '../../src/memory/nativeMemory.ts';
import { RecordedMemory } from '../../src/memory/recordedMemory.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';

const layout = new Layout();
const base = layout.region(16);
const bytes = [0, 1, 2, 3].map((i) => layout.cell(`byte${i}`, 'u8', base + i));
const [low, high] = [layout.cell('low', 'u16', base), layout.cell('high', 'u16', base + 2)];
const word = layout.cell('word', 'u32', base);
const wide = layout.cell64('wide', base);
const other = layout.cell('other', 'u32', base + 8);
const lock = layout.lock('lock', 'mutex');

/**
 * Runs `work` in three ways: on native memory, in the explorer with a second thread between all its
 * accesses, and on a recording of that. The results must agree.
 */
function everywhere(work: (mem: Memory) => unknown): unknown {
  const buffer = new SharedArrayBuffer(layout.size);
  const native = work(new NativeMemory(buffer, 0));
  const program: Program = {
    layout,
    init: () => {},
    actors: [
      { name: 'a', operations: [{ label: 'work', run: work }] },
      {
        name: 'b',
        operations: [
          {
            label: 'idle',
            run: (mem) => {
              for (let i = 0; i < 100; i++) mem.load(other);
            },
          },
        ],
      },
    ],
  };
  const execution = createExecution('sc', program, 10_000);
  execution.reset();
  const alternating = Array.from({ length: 200 }, (_, i) => i % 2);
  expect(execution.run(new ReplayScheduler(alternating))).toEqual({ kind: 'finished' });
  expect(execution.results[0][0]).toEqual(native);
  expect([...execution.bytes.u8]).toEqual([...new Uint8Array(buffer)]);
  const recorded = new RecordedMemory(
    0,
    traceOf(execution).filter((step) => step.thread === 0),
    layout,
  );
  expect(work(recorded)).toEqual(native);
  return native;
}

describe('all memories give the same results', () => {
  test('unsigned values wrap at the width of their cell', () => {
    expect(
      everywhere((mem) => {
        mem.store(bytes[0], 0x1ff);
        mem.store(high, -1);
        const add = [mem.fetchAdd(bytes[0], 2), mem.fetchAdd(high, 1), mem.fetchAdd(other, -1), mem.load(other)];
        return [mem.load(bytes[0]), mem.load(high), ...add];
      }),
    ).toEqual([1, 0, 255, 65535, 0, 4294967295]);
  });

  test('a 64-bit cell wraps at 2^64 and keeps all its bits', () => {
    expect(
      everywhere((mem) => {
        mem.write64(wide, -1n);
        const all = mem.read64(wide);
        mem.store64(wide, (1n << 64n) + 0x8000_0000_0000_0001n);
        return [`${all}`, `${mem.load64(wide)}`];
      }),
    ).toEqual(['18446744073709551615', '9223372036854775809']);
  });

  test('cells of mixed sizes overlap', () => {
    expect(
      everywhere((mem) => {
        mem.store(word, 0x04030201);
        mem.store(bytes[1], 0xaa);
        mem.storeRelease(high, 0xbbcc);
        return [mem.load(word), mem.loadAcquire(low), mem.read(bytes[3]), `${mem.load64(wide)}`];
      }),
    ).toEqual([0xbbccaa01, 0xaa01, 0xbb, `${0xbbccaa01}`]);
  });

  test('read-modify-writes return the old value', () => {
    expect(
      everywhere((mem) => [
        mem.xchg(low, 7),
        mem.cmpxchg(low, 7, 8),
        mem.cmpxchg(low, 7, 9),
        mem.fetchOr(low, 3),
        mem.fetchAnd(low, 6),
        mem.load(low),
        mem.cmpxchg(low, 0x10002, 1),
      ]),
    ).toEqual([0, 7, 8, 8, 11, 2, 2]);
  });

  test('locks block the thread, and fences change no value', () => {
    expect(
      everywhere((mem) => {
        mem.lock(lock);
        mem.wmb();
        mem.rmb();
        mem.mb();
        mem.unlock(lock);
        return mem.wait(other, 1);
      }),
    ).toEqual(false);
  });
});

test('only the holder can release a lock', () => {
  expect(() => new NativeMemory(new SharedArrayBuffer(layout.size), 0).unlock(lock)).toThrow('not the holder');
});

test('SetupMemory takes no lock', () => {
  const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
  mem.lock(lock);
  mem.lock(lock);
  expect(mem.u32[lock.offset >>> 2]).toBe(0);
});

test('a layout rejects cells that are unaligned or out of range', () => {
  expect(() => layout.cell('x', 'u16', base + 1)).toThrow('not a multiple');
  expect(() => layout.cell('x', 'u32', layout.size + 64)).toThrow('outside any region');
  expect(() => new Layout().region(2 ** 40)).toThrow('at most');
});
