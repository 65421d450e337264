import { expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import { traceOf } from '../../src/explore/execution/trace.ts';
import { parseSchedule } from '../../src/explore/schedule.ts';
import { formatTrace } from '../../src/report/text/formatTrace.ts';
import { createRun } from '../../src/run/createRun.ts';
import { replay } from '../../src/run/replay.ts';
import { scenario } from '../../src/scenario/define.ts';

const printed = (subject: Scenario, schedule: string, memoryModel: 'sc' | 'rc11' = 'sc'): string => {
  const run = createRun(subject, 100, { memoryModel, tearing: false });
  replay(run, parseSchedule(schedule)!, subject.name);
  return formatTrace(traceOf(run.execution), run.execution.program).join('\n');
};

/** Cells of different widths that overlap. */
const mixed = scenario({
  name: 'mixed',
  cells: { w: 'u32', low: { type: 'u16', over: 'w' }, high: { type: 'u16', over: 'w', byte: 2 } },
  locks: ['m'],
  actors: {
    a: [
      function halves(mem, { low, high }) {
        mem.store(low, 1);
        mem.store(high, 2);
        mem.load(low);
      },
    ],
    b: [
      function whole(mem, { w, m }) {
        mem.lock(m);
        mem.load(w);
        mem.store(w, 7);
        mem.store(w, 8);
        mem.unlock(m);
      },
    ],
    c: [
      function swap(mem, { high, w, m }) {
        mem.cmpxchg(high, 5, 6);
        mem.cmpxchg(high, 0, 6);
        mem.load(w);
        mem.lock(m);
        mem.unlock(m);
      },
    ],
  },
});

test('a trace marks reads-from and overwrites between threads, byte by byte', () => {
  expect(printed(mixed, '0x2,1x4,0,1,2x5')).toMatchInlineSnapshot(`
    "  step  a                    b                           c
            [halves]
         1  store  low = 1
         2  store  high = 2
                                 [whole]
         3                       lock   m
         4                       load   w → 0x20001  ← 1, 2
         5                       store  w = 7
         6                       store  w = 8
         7  load   low → 8  ← 6
         8                       unlock m
                                                             [swap]
         9                                                   cmpxchg high → 0  ← 6
        10                                                   cmpxchg high 0 → 6  ← 6
        11                                                   load   w → 0x60008  ← 6
        12                                                   lock   m
        13                                                   unlock m"
  `);
  expect(printed(mixed, '1x2,0x2,1x3,0,2x5')).toMatchInlineSnapshot(`
    "  step  a                    b                        c
                                 [whole]
         1                       lock   m
         2                       load   w → 0
            [halves]
         3  store  low = 1
         4  store  high = 2
         5                       store  w = 7  over 3, 4
         6                       store  w = 8
         7                       unlock m
         8  load   low → 8  ← 6
                                                          [swap]
         9                                                cmpxchg high → 0  ← 6
        10                                                cmpxchg high 0 → 6  ← 6
        11                                                load   w → 0x60008  ← 6
        12                                                lock   m
        13                                                unlock m"
  `);
});

test('a trace marks which wake a resume follows', () => {
  const sleep = scenario({
    name: 'sleep',
    cells: { x: 'u32' },
    actors: {
      a: [(mem, { x }) => mem.wait(x, 0)],
      b: [
        (mem, { x }) => {
          mem.store(x, 1);
          mem.wake(x);
        },
      ],
    },
  });
  expect(printed(sleep, '0,1x2,0')).toMatchInlineSnapshot(`
    "  step  a              b
            [operation 0]
         1  wait   x → 0
                           [operation 0]
         2                 store  x = 1
         3                 wake   x
         4  resume x  ← 3"
  `);
});

test('under rc11 a trace marks a store that precedes an earlier step in coherence order', () => {
  const both = scenario({
    name: 'two-plus-two',
    cells: { x: 'u32', y: 'u32' },
    actors: {
      a: [
        function xy(mem, { x, y }) {
          mem.store(x, 1);
          mem.store(y, 2);
        },
      ],
      b: [
        function yx(mem, { x, y }) {
          mem.store(y, 1);
          mem.store(x, 2);
        },
      ],
    },
    finally: { ends: ({ read, cells }) => read(cells.x) === 1 },
  });
  expect(printed(both, '0x2,1,1.1', 'rc11')).toMatchInlineSnapshot(`
    "  step  a             b
            [xy]
         1  store  x = 1
         2  store  y = 2
                          [yx]
         3                store  y = 1  over 2
         4                store  x = 2  under 1"
  `);
});

test('a trace can consist of fences only', () => {
  const fences = scenario({ name: 'fences', cells: {}, actors: { a: [(mem) => mem.mb()], b: [(mem) => mem.wmb()] } });
  expect(printed(fences, '0,1', 'rc11')).toMatchInlineSnapshot(`
    "  step  a              b
            [operation 0]
         1  mb
                           [operation 0]
         2                 wmb"
  `);
});
