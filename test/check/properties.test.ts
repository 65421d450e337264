import { describe, expect, test } from 'vitest';
import { noProperties, type Properties, type StateView } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import type { Program } from '../../src/explore/program.ts';
import type { Cell, Lock } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import { programOf, threadsOf } from '../explore/programs.ts';
import { told } from '../run/told.ts';

const REDUCTIONS = ['none', 'optimal', 'states'] as const;

const layout = new Layout();
const whole = layout.cell('whole', 'u32');
const upperHalf = layout.cell('upper half', 'u16', 2);
const mutex = layout.lock('mutex', 'mutex');
const oneThread = (run: Program['actors'][number]['operations'][number]['run']): Program => ({
  layout,
  init: () => {},
  actors: [{ name: 'thread', operations: [{ label: 'run', run }] }],
});
/** The value of a cell, by the layout of `programOf`. */
const readCell = ({ read }: StateView, name: string): number =>
  read(programOf([]).layout.places.find((place) => place.name === name) as Cell);

type Row = readonly [program: string | Program, properties: Partial<Properties>, told: string];

/** Predicates that are false, or true, in one state only. */
const ROWS: Readonly<Record<string, Row>> = {
  'an always of a cell': ['Wx1;Wx0', { always: { asked: (v) => readCell(v, 'x') === 0 } }, 'violated asked'],
  'an always that holds': ['Wx1;Wx0', { always: { asked: (v) => readCell(v, 'x') < 2 } }, 'passed'],
  'an always of what a read-modify-write has written': [
    oneThread((mem) => [mem.fetchAdd(whole, 1), mem.xchg(whole, 0)]),
    { always: { asked: ({ read }) => read(whole) === 0 } },
    'violated asked',
  ],
  'an always of a half, when the whole is written': [
    oneThread((mem) => [mem.store(whole, 65536), mem.store(whole, 0)]),
    { always: { asked: ({ read }) => read(upperHalf) === 0 } },
    'violated asked',
  ],
  'an always of a whole, when a half is written': [
    oneThread((mem) => [mem.store(upperHalf, 1), mem.store(upperHalf, 0)]),
    { always: { asked: ({ read }) => read(whole) === 0 } },
    'violated asked',
  ],
  'an always of two cells': [
    'Wx1;Wx0 | Wy1;Wy0',
    { always: { asked: (v) => readCell(v, 'x') + readCell(v, 'y') < 2 } },
    'violated asked',
  ],
  'an always that reads another cell only later': [
    'Wx1 | Wy1;Wy0',
    { always: { asked: (v) => readCell(v, 'x') === 0 || readCell(v, 'y') === 0 } },
    'violated asked',
  ],
  'an always of results': [
    'Rx | Ry',
    { always: { asked: ({ results: [a, b] }) => a.length === 1 || b.length === 0 } },
    'violated asked',
  ],
  'an always of the holder of a lock': [
    oneThread((mem) => [mem.lock(mutex), mem.unlock(mutex)]),
    { always: { asked: ({ holder }) => holder(mutex as Lock) < 0 } },
    'violated asked',
  ],
  'a finally': ['Wx1 | Wx2', { finally: { asked: (v) => readCell(v, 'x') === 2 } }, 'violated asked'],
  'a finally that says what it saw': [
    'Wx1 | Wx2',
    { finally: { asked: (v) => readCell(v, 'x') === 2 || 'x is 1' } },
    'violated asked',
  ],
  'a finally that holds': ['Wx1 | Wx2', { finally: { asked: (v) => readCell(v, 'x') > 0 || 'x is 0' } }, 'passed'],
  'a finally of results': [
    'Rx | Wx1',
    { finally: { asked: ({ results: [[a]] }) => (a as number[])[0] === 0 } },
    'violated asked',
  ],
  'a sometimes that never comes true': [
    'Wx1;Wx0',
    { sometimes: { asked: (v) => readCell(v, 'x') === 2 } },
    'violated sometimes: asked',
  ],
  'a sometimes': ['Wx1;Wx0', { sometimes: { asked: (v) => readCell(v, 'x') === 1 } }, 'passed'],
  'a sometimes of two cells': [
    'Wx1;Wx0 | Wy1;Wy0',
    { sometimes: { asked: (v) => readCell(v, 'x') + readCell(v, 'y') === 2 } },
    'passed',
  ],
  'an always that fails after a sometimes has come true': [
    'Wx1;Wy1',
    { sometimes: { asked: (v) => readCell(v, 'x') === 1 }, always: { asked: (v) => readCell(v, 'y') !== 1 } },
    'violated asked',
  ],
  'the last of more properties than a word has bits': [
    'Wx1;Wx0',
    {
      always: Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`asked ${i}`, (v: StateView) => i < 39 || readCell(v, 'x') === 0]),
      ),
    },
    'violated asked 39',
  ],
};

const scenarioOf = (name: string, [program, properties]: Row): Scenario => ({
  name,
  program: typeof program === 'string' ? programOf(threadsOf(program)) : program,
  properties: { ...noProperties, ...properties },
});

describe.each(Object.entries(ROWS))('%s', (name, row) => {
  test.each(REDUCTIONS)('under sc, by %s', async (reduction) => {
    expect(await told(scenarioOf(name, row), { reduction })).toBe(row[2]);
  });

  test.each(['tso', 'rc11'] as const)('under %s', async (memoryModel) => {
    for (const reduction of ['optimal', 'states'] as const)
      expect([reduction, await told(scenarioOf(name, row), { reduction, memoryModel })]).toEqual([reduction, row[2]]);
  });
});
