import { expect, test } from 'vitest';
import type { Cell } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore, type Options } from '../../src/testing/explore.ts';

type Access = (mem: Memory, names: { readonly x: Cell; readonly y: Cell }) => unknown;

const quick = { dir: null, seconds: 20, reduction: 'states' } as const;
const increments: Access = (mem, { x }) => mem.fetchAdd(x, 1);
/** An increment that is lost where another comes between. */
const loses: Access = (mem, { x }) => mem.store(x, mem.load(x) + 1);
const superfluous: Access = (mem, { y }) => mem.fetchAdd(y, 1);

/** The only finding of two actors, of which `a` also does something superfluous. */
async function onlyFinding(a: Access, b: Access, options: Options = {}, properties: object = {}) {
  const cells = { x: 'u32', y: 'u32' } as const;
  const actors = { a: [superfluous, a], b: [b] };
  const { findings } = await explore(scenario({ name: 'categories', cells, actors, ...properties } as never), {
    ...quick,
    ...options,
  } as Options);
  expect(findings).toHaveLength(1);
  return findings[0];
}

test.each([
  'no data race',
  'no operation crashes',
  'operations come to their next access',
  'operations do what gfnring can run',
  'operations return plain data',
  'sometimes: x is 3',
])('a property that a user calls “%s” is one of the scenario, and is minimised', async (name) => {
  const isTwo = ({ read, cells }: { read: (cell: Cell) => number; cells: { x: Cell } }) => read(cells.x) === 2;
  const finding = await onlyFinding(loses, loses, {}, { finally: { [name]: isTwo } });
  // Without the superfluous operation, each actor takes two steps.
  expect(finding).toMatchObject({ property: name, schedule: '0,1x2,0' });
  expect(finding).not.toHaveProperty('category');
});

test.each([
  ['data-race', (mem: Memory, { x }: { x: Cell }) => mem.write(x, 1), { memoryModel: 'rc11', reduction: 'optimal' }],
  ['crash', () => JSON.parse('{'), {}],
  [
    'stuck',
    (mem: Memory, { x }: { x: Cell }) => {
      mem.load(x);
      for (;;);
    },
    { seconds: 1 },
  ],
] as const)('a finding names its category: %s', async (category, a, options) => {
  expect(await onlyFinding(a as never, increments, options as Options)).toMatchObject({ category });
});

test('a claim that no execution reaches has its category', async () => {
  const finding = await onlyFinding(increments, increments, {}, { sometimes: { 'x is 3': () => false } });
  expect(finding).toMatchObject({ property: 'sometimes: x is 3', category: 'unreached' });
});
