import { expect, test } from 'vitest';
import { instrument } from '../../src/loops/instrument.ts';
import { installProbe } from '../../src/loops/probe.ts';
import { assume } from '../../src/memory/assume.ts';
import type { Cell } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore } from '../../src/testing/explore.ts';
import { permutations } from './programs.ts';

installProbe();

const RACE = 'no data race';

type Access = (mem: Memory, names: Readonly<Record<'x' | 'f' | 'g' | 'h' | 'done', Cell>>) => unknown;

/** An operation as in a user's module: the state of its loops is known. */
const watched = (body: string): Access =>
  new Function(instrument(`return (mem, { x, f, g, h }) => { ${body} };`, '/watched.mjs')!.source)();

/** Explores actors with these operations by each search, under `tso` and `rc11`. */
async function expectEverywhere(actors: readonly (readonly Access[])[], properties: readonly string[]): Promise<void> {
  const of = scenario({
    name: 'fences',
    cells: { x: 'u32', f: 'u32', g: 'u32', h: 'u32', done: 'u32' },
    actors: Object.fromEntries(actors.map((operations, t) => [`t${t}`, operations])),
  });
  for (const memoryModel of ['tso', 'rc11'] as const)
    for (const reduction of ['states', 'optimal', 'none'] as const) {
      const { findings } = await explore(of, { memoryModel, reduction, minimise: 0, seconds: 60 });
      expect([memoryModel, reduction, ...findings.map(({ property }) => property)]).toEqual([
        memoryModel,
        reduction,
        ...properties,
      ]);
    }
}

const released: Access = (mem, { x, f }) => {
  mem.write(x, 1);
  mem.storeRelease(f, 1);
};
const acquired: Access = (mem, { x, f }) => mem.loadAcquire(f) === 1 && mem.read(x);
const loadsOne: Access = (mem, { f }) => assume(mem.load(f) === 1);
/** Fences of C11, which are no steps under `tso`, where they are easily overlooked. */
const fenceAtEnd: Access = (mem, { x, f }) => {
  mem.write(x, 1);
  mem.store(f, 0);
  mem.fence('release');
};
const storeAfter: Access = (mem, { f }) => mem.store(f, 1);
const noAccess =
  (fence: 'acquire' | 'release'): Access =>
  (mem) =>
    mem.fence(fence);

test.each<[string, Access[], Access[], boolean]>([
  ['at the end of an operation', [fenceAtEnd, storeAfter], [acquired], false],
  ['none at the end of it', [(mem, { x }) => mem.write(x, 1), storeAfter], [acquired], true],
  ['in an operation of its own', [(mem, { x }) => mem.write(x, 1), noAccess('release'), storeAfter], [acquired], false],
  [
    'an acquire in an operation of its own',
    [released],
    [loadsOne, noAccess('acquire'), (mem, { x }) => mem.read(x)],
    false,
  ],
  ['a release is no acquire', [released], [loadsOne, noAccess('release'), (mem, { x }) => mem.read(x)], true],
  [
    'in a loop that spins',
    [released],
    [
      (mem, { x, f }) => {
        let seen = 0;
        do {
          seen = mem.load(f);
          mem.fence('acquire');
        } while (seen === 0);
        return mem.read(x);
      },
    ],
    false,
  ],
  [
    'in a loop that stores',
    [released],
    [
      watched(`while (mem.load(g) === 0) {
        if (mem.load(f) === 1) mem.store(g, 1);
        mem.fence('acquire');
      }
      mem.read(x);`),
    ],
    false,
  ],
  ['behind the access', [released], [loadsOne, (mem, { x }) => [mem.read(x), mem.fence('acquire')]], true],
  [
    'behind a loop that spins',
    [released],
    [
      (mem, { x, f }) => {
        while (mem.load(f) === 0);
        mem.fence('acquire');
        return mem.read(x);
      },
    ],
    false,
  ],
  [
    'none behind it',
    [released],
    [
      (mem, { x, f }) => {
        while (mem.load(f) === 0);
        return mem.read(x);
      },
    ],
    true,
  ],
])('a fence: %s', async (_, writer, reader, races) => {
  await expectEverywhere([writer, reader], races ? [RACE] : []);
});

test('states are distinguished by what a thread has acquired', async () => {
  // The reader reads f from a, which orders it, or the same value from b, which does not.
  const a: Access = (mem, { x, f, g }) => [mem.write(x, 1), mem.storeRelease(f, 1), mem.store(g, 1)];
  // As long as b goes on, its accesses can be raced with.
  const b: Access = (mem, { f, g, h, done }) => {
    if (mem.load(g) === 0) return;
    mem.store(f, 1);
    mem.store(h, 1);
    while (mem.load(done) === 0);
  };
  const reader: Access = (mem, { x, f, h, done }) => {
    if (mem.loadAcquire(f) === 1 && mem.load(h) === 1) mem.read(x);
    mem.store(done, 1);
  };
  for (const actors of permutations([a, b, reader]))
    await expectEverywhere(
      actors.map((run) => [run]),
      [RACE],
    );
});
