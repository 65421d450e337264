import { expect, test } from 'vitest';
import { scenario } from '../../src/scenario/define.ts';
import { explore } from '../../src/testing/explore.ts';

/** Memory as plain JavaScript sees it. */
// biome-ignore lint/suspicious/noExplicitAny: any argument is possible.
type Untyped = Record<string, (...args: any[]) => unknown>;

const LOAD = 'relaxed, acquire, seq_cst';
const STORE = 'relaxed, release, seq_cst';
const RMW = 'full, relaxed, acquire, release, acq_rel, seq_cst';
const FENCE = 'acquire, release, acq_rel, seq_cst';

const outcome = async (access: (mem: Untyped, x: unknown, wide: unknown) => unknown) =>
  explore(
    scenario({
      name: 'order',
      cells: { x: 'u32', wide: 'u64' },
      actors: {
        a: [(mem, { x, wide }) => void access(mem as unknown as Untyped, x, wide)],
        b: [(mem, { x }) => mem.load(x)],
      },
    }),
    { memoryModel: 'rc11', minimise: 0 },
  );

test.each<[string, string, (mem: Untyped, x: unknown, wide: unknown) => unknown]>([
  ["a load cannot have the memory order 'release'", LOAD, (mem, x) => mem.load(x, 'release')],
  ["a load cannot have the memory order 'full'", LOAD, (mem, _, wide) => mem.load64(wide, 'full')],
  ["a store cannot have the memory order 'acquire'", STORE, (mem, x) => mem.store(x, 1, 'acquire')],
  ['a store cannot have the memory order null', STORE, (mem, _, wide) => mem.store64(wide, 1n, null)],
  ["fetchAdd cannot have the memory order 'toString'", RMW, (mem, x) => mem.fetchAdd(x, 1, 'toString')],
  ["cmpxchg cannot have the memory order 'consume'", RMW, (mem, x) => mem.cmpxchg(x, 0, 1, 'consume')],
  ['xchg cannot have the memory order 3', RMW, (mem, x) => mem.xchg(x, 0, 3)],
  ["a fence cannot have the memory order 'relaxed'", FENCE, (mem) => mem.fence('relaxed')],
  ['a fence cannot have the memory order undefined', FENCE, (mem) => mem.fence()],
])('%s', async (problem, allowed, access) => {
  const { findings } = await outcome(access);
  expect(findings.map(({ message }) => message.replace(/, at .*/, ''))).toEqual([
    `TypeError: ${problem}: must be one of ${allowed}`,
  ]);
});

test.each([
  [LOAD, (mem: Untyped, order: string, x: unknown) => mem.load(x, order)],
  [LOAD, (mem: Untyped, order: string, _: unknown, wide: unknown) => mem.load64(wide, order)],
  [STORE, (mem: Untyped, order: string, x: unknown) => mem.store(x, 1, order)],
  [STORE, (mem: Untyped, order: string, _: unknown, wide: unknown) => mem.store64(wide, 1n, order)],
  [RMW, (mem: Untyped, order: string, x: unknown) => mem.xchg(x, 1, order)],
  [RMW, (mem: Untyped, order: string, x: unknown) => mem.cmpxchg(x, 0, 1, order)],
  [RMW, (mem: Untyped, order: string, x: unknown) => mem.fetchOr(x, 1, order)],
  [FENCE, (mem: Untyped, order: string) => mem.fence(order)],
] as const)('%s are orders', async (allowed, access) => {
  for (const order of allowed.split(', '))
    expect((await outcome((mem, x, wide) => access(mem, order, x, wide))).outcome).toBe('passed');
});
