import { expect, test } from 'vitest';
import { noProperties, type StateView } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import type { MemoryModelName } from '../../src/explore/memoryModels/registry.ts';
import { assume } from '../../src/memory/assume.ts';
import type { Cell } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore } from '../../src/testing/explore.ts';
import { searchSpec } from '../searches.ts';
import { readAgain } from './readAgain.ts';

/** Compares the search of states with the search of all interleavings. */
const foundBy = async (what: Scenario, reduction: 'states' | 'none') =>
  (await explore(what, { memoryModel: 'rc11', reduction, minimise: 0, seconds: 60 })).outcome;

test('states are distinguished by the message view of the last store of a cell', async () => {
  const again = readAgain(
    (mem, x) => mem.store(x, 1),
    (mem, x) => mem.load(x),
    (result) => result !== 0,
  );
  expect([await foundBy(again, 'none'), await foundBy(again, 'states')]).toEqual(['violated', 'violated']);
});

test.each([
  ['after a seq_cst fence', 'relaxed'],
  ['by a seq_cst load', 'seq_cst'],
] as const)('states are distinguished by what was read %s', async (_, order) => {
  const fence = (mem: Memory): void => (order === 'relaxed' ? mem.mb() : undefined);
  const cells = { x: 'u32', y: 'u32', z: 'u32', w: 'u32' } as const;
  const fences = scenario({
    name: 'fences',
    cells,
    actors: {
      // The first load may be older: then psc orders `first` before `last`.
      first: [
        (mem, { y }) => mem.store(y, 1, order),
        fence,
        (mem, { x }) => void mem.load(x, order),
        (mem, { x }) => void mem.load(x, order),
        (mem, { z }) => mem.store(z, 1),
      ],
      // It passes on that `first` has ended, and orders nothing else.
      relay: [
        (mem, { z, w }) => {
          assume(mem.load(z) === 1);
          mem.store(w, 1);
        },
      ],
      last: [
        (mem, { x }) => mem.store(x, 1, order),
        (mem, { w }) => assume(mem.load(w) === 1),
        fence,
        (mem, { y }) => mem.load(y, order),
      ],
    },
    finally: { 'the last load sees the first store': ({ results }) => results.last[3] === 1 },
  });
  expect([await foundBy(fences, 'none'), await foundBy(fences, 'states')]).toEqual(['violated', 'violated']);
});

test('states are distinguished by which stores are parts of one', async () => {
  const parts = scenario({
    name: 'parts',
    cells: { y: 'u32', y1: { type: 'u16', over: 'y' }, p: 'u32', q: 'u32', r: 'u32' },
    actors: {
      one: [
        (mem, { y1, q }) => {
          mem.store(y1, 1);
          mem.store(q, 1);
        },
      ],
      two: [
        (mem, { y1, r }) => {
          mem.store(y1, 2);
          mem.store(r, 1);
        },
      ],
      whole: [
        (mem, { y, p }) => {
          mem.store(y, 0x70001);
          mem.store(p, 1);
        },
      ],
      reader: [
        (mem, { y, y1, p, q, r }) => {
          if (mem.load(p) + mem.load(q) + mem.load(r) !== 3) return 'early';
          return [mem.load(y), mem.load(y1)].join();
        },
      ],
    },
    // Only the coherence order whole, two, one has this result.
    finally: { 'one is not last': ({ results }) => results.reader[0] !== `${0x70002},1` },
  });
  expect([await foundBy(parts, 'none'), await foundBy(parts, 'states')]).toEqual(['violated', 'violated']);
});

type Run = (mem: Memory, cell: (name: string) => Cell) => unknown;

/** Programs with two states that differ only in a store buffer or in a view. */
const HIDDEN: Readonly<Record<string, readonly [MemoryModelName, finals: string, ...threads: readonly Run[][]]>> = {
  'the value that a store buffer holds back': [
    'tso',
    'x',
    [(mem, cell) => void mem.store(cell('x'), mem.load(cell('y')))],
    [(mem, cell) => mem.store(cell('y'), 1)],
  ],
  'a store that is not the newest': [
    'rc11',
    '',
    [
      (mem, cell) => {
        mem.store(cell('x'), mem.load(cell('y')));
        mem.store(cell('x'), 2);
        mem.store(cell('z'), 1);
      },
    ],
    [(mem, cell) => mem.store(cell('y'), 1)],
    [(mem, cell) => (mem.load(cell('z')) === 1 ? mem.load(cell('x')) : 'early')],
  ],
  // The next operation forgets the value that was read, but not the view that came with it.
  'what an acquire has made known': [
    'rc11',
    '',
    [(mem, cell) => mem.store(cell('v'), 1)],
    [(mem, cell) => [mem.store(cell('x'), 1), mem.storeRelease(cell('y'), 1)]],
    [
      (mem, cell) => assume(mem.load(cell('y')) === 1),
      (mem, cell) => void (mem.load(cell('v')) === 1 && mem.loadAcquire(cell('y'))),
      (mem, cell) => assume(mem.load(cell('v')) === 1),
      (mem, cell) => [mem.load(cell('x')), mem.store(cell('z'), 1)],
    ],
    [
      (mem, cell) => {
        while (mem.load(cell('z')) !== 1);
      },
    ],
  ],
  'what was seen, and a later fence makes known': [
    'rc11',
    '',
    [(mem, cell) => [mem.store(cell('x'), 1), mem.storeRelease(cell('y'), 1), mem.store(cell('z'), 1)]],
    [
      (mem, cell) => void mem.load(cell('y')),
      (mem, cell) => assume(mem.load(cell('y')) === 2),
      (mem, cell) => {
        if (mem.load(cell('z')) !== 1) return 'early';
        mem.rmb();
        return mem.load(cell('x'));
      },
    ],
    [
      (mem, cell) => {
        assume(mem.load(cell('y')) === 1);
        mem.store(cell('y'), 2);
      },
    ],
  ],
  'what an rmb has made known': [
    'rc11',
    '',
    [(mem, cell) => mem.store(cell('v'), 1)],
    [(mem, cell) => [mem.store(cell('x'), 1), mem.storeRelease(cell('y'), 1)]],
    [
      (mem, cell) => assume(mem.load(cell('y')) === 1),
      (mem, cell) => void (mem.load(cell('v')) === 1 && mem.rmb()),
      (mem, cell) => assume(mem.load(cell('v')) === 1),
      (mem, cell) => mem.load(cell('x')),
    ],
  ],
  'what a wmb publishes': [
    'rc11',
    '',
    [(mem, cell) => mem.store(cell('y'), 1)],
    [
      (mem, cell) => mem.store(cell('x'), 1),
      (mem, cell) => void (mem.load(cell('y')) === 1 && mem.wmb()),
      (mem, cell) => {
        assume(mem.load(cell('y')) === 1);
        mem.store(cell('z'), 1);
      },
    ],
    [
      (mem, cell) => {
        if (mem.load(cell('z')) !== 1) return 'early';
        mem.rmb();
        return mem.load(cell('x'));
      },
    ],
  ],
};

test.each(Object.entries(HIDDEN))('states are distinguished by %s', (_, [memoryModel, finals, ...threads]) => {
  const outcomesBy = (reduction: 'states' | 'optimal'): string[] => {
    const layout = new Layout();
    const cells = new Map([...'vxyz'].map((name) => [name, layout.cell(name, 'u32')]));
    const actors = threads.map((operations, i) => ({
      name: `t${i}`,
      operations: operations.map((run, k) => ({
        label: `op${k}`,
        run: (mem: Memory) => run(mem, (name) => cells.get(name)!),
      })),
    }));
    const outcomes = new Set<string>();
    const writtenDown = ({ results, read }: StateView): boolean =>
      outcomes.add(JSON.stringify([results, [...finals].map((name) => read(cells.get(name)!))])).size > 0;
    const properties = { ...noProperties, resultsMatter: true, finally: { 'written down': writtenDown } };
    const of = { name: 'hidden', program: { layout, init: () => {}, actors }, properties };
    searchHere(of, searchSpec({ reduction, memoryModel, stepsMax: 1000 }), noLimits);
    return [...outcomes].sort();
  };
  expect(outcomesBy('states')).toEqual(outcomesBy('optimal'));
});
