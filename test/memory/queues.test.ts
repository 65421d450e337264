import { describe, expect, test } from 'vitest';
import type { Cell, Cell64 } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { NativeMemory } from '../../src/memory/nativeMemory.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore } from '../../src/testing/explore.ts';

const MODELS = ['sc', 'tso', 'rc11'] as const;
const REDUCTIONS = ['states', 'optimal'] as const;

const everywhere = MODELS.flatMap((memoryModel) => REDUCTIONS.map((reduction) => [memoryModel, reduction] as const));

/** Two threads that sleep, b after a if it is `ordered`. A third wakes one, then the other. */
const sleepers = (ordered: boolean) =>
  scenario({
    name: 'sleepers',
    cells: { x: 'i32', a: 'u32', b: 'u32', first: 'u32' },
    actors: {
      a: [
        (mem, { x, a, first }) => {
          mem.startWait(x, 0);
          mem.store(a, 1, 'seq_cst');
          mem.endWait(x, Infinity);
          mem.cmpxchg(first, 0, 1, 'seq_cst');
        },
      ],
      b: [
        (mem, { x, a, b, first }) => {
          if (ordered) mem.waitUntil(a, (value) => value === 1);
          mem.startWait(x, 0);
          mem.store(b, 1, 'seq_cst');
          mem.endWait(x, Infinity);
          mem.cmpxchg(first, 0, 2, 'seq_cst');
        },
      ],
      c: [
        (mem, { x, a, b, first }) => {
          mem.waitUntil(a, (value) => value === 1);
          mem.waitUntil(b, (value) => value === 1);
          mem.wake(x, 1);
          const woken = mem.waitUntil(first, (value) => value !== 0);
          mem.wake(x, 1);
          return woken;
        },
      ],
    },
    sometimes: {
      'a is woken first': ({ results }) => results.c[0] === 1,
      'b is woken first, if it may sleep first': ({ results }) => ordered || results.c[0] === 2,
    },
    finally: { 'a is woken first, if it sleeps first': ({ results }) => !ordered || results.c[0] === 1 },
  });

describe.each(everywhere)('under %s, by %s', (memoryModel, reduction) => {
  const options = { memoryModel, reduction, minimise: 0 } as const;

  test('a wake-up with a count wakes those that have slept longest, and says how many', async () => {
    const first = (mem: Memory, { x, turn }: { readonly x: Cell; readonly turn: Cell }) => {
      mem.store(turn, 1, 'seq_cst');
      return mem.wait(x, 0, 5);
    };
    const queue = scenario({
      name: 'queue',
      cells: { x: 'i32', turn: 'u32', woken: 'u32' },
      actors: {
        a: [first, (mem, { woken }) => mem.fetchAdd(woken, 1)],
        b: [(mem, { x }) => mem.wait(x, 0, 5), (mem, { woken }) => mem.load(woken, 'seq_cst')],
        c: [(mem, { x }) => [mem.wake(x, 1), mem.wake(x, Infinity)]],
      },
      sometimes: {
        'one of two is woken first': ({ results }) => results.c[0]?.join() === '1,1',
        'both sleep when none is left': ({ results }) => results.c[0]?.join() === '0,0',
        'a time-out is over': ({ results }) => results.b[0] === 'timed-out',
        'a wake-up comes before the time-out': ({ results }) => results.b[0] === 'ok',
      },
    });
    expect((await explore(queue, options)).outcome).toBe('passed');
  });

  test('a wake-up of one thread wakes the first', async () => {
    expect((await explore(sleepers(true), options)).outcome).toBe('passed');
  });

  test('a wake-up of one thread wakes either, as either may sleep first', async () => {
    expect((await explore(sleepers(false), options)).outcome).toBe('passed');
  });
});

describe.each(everywhere)('values and addresses under %s, by %s', (memoryModel, reduction) => {
  const options = { memoryModel, reduction, minimise: 0 } as const;

  test('a wait compares and falls asleep in one step', async () => {
    const handOver = scenario({
      name: 'hand over',
      cells: { ready: 'i32' },
      actors: {
        waits: [
          (mem, { ready }) => {
            const how = mem.wait(ready, -1, Infinity);
            return [how, mem.load(ready, 'seq_cst')];
          },
        ],
        wakes: [
          (mem, { ready }) => {
            mem.xchg(ready, 7);
            return mem.wake(ready, 1);
          },
        ],
        starts: [(mem, { ready }) => mem.cmpxchg(ready, 0, -1)],
      },
      sometimes: {
        'it sleeps': ({ results }) => results.waits[0]?.join() === 'ok,7',
        'a signed value': ({ results, read, cells }) => results.starts[0] === 0 && read(cells.ready) === -1,
      },
    });
    expect((await explore(handOver, options)).outcome).toBe('passed');
  });

  test('cells of 64 and of 32 bits at one address have one queue', async () => {
    const address = scenario({
      name: 'address',
      cells: { wide: 'i64', narrow: { type: 'i32', over: 'wide' } },
      actors: {
        a: [(mem, { wide }) => mem.wait(wide, 0n, 1)],
        b: [(mem, { narrow }) => mem.wake(narrow, 1)],
      },
      sometimes: { woken: ({ results }) => results.a[0] === 'ok' && results.b[0] === 1 },
      finally: { 'as many as were woken': ({ results }) => (results.a[0] === 'ok' ? 1 : 0) === results.b[0] },
    });
    expect((await explore(address, options)).outcome).toBe('passed');
  });
});

const wide = scenario({
  name: 'wide',
  cells: { x: { type: 'i64', initial: -2n } },
  actors: {
    a: [(mem, { x }) => [mem.fetchAdd64(x, 1n, 'seq_cst'), mem.cmpxchg64(x, -1n, 1n << 40n)]],
    b: [(mem, { x }) => [mem.fetchSub64(x, 1n), mem.fetchXor64(x, -1n)]],
  },
  finally: {
    'each update is one step': ({ results: { a, b }, read, cells }) => {
      const seen = `${[...a[0], ...b[0], read(cells.x)]}`;
      return ORDERS.includes(seen) || seen;
    },
  },
});
/** The results of all orders: of a, then of b, and the value that is left. */
const ORDERS = permutationsOf();
function permutationsOf(): string[] {
  const orders = new Set<string>();
  for (const order of ['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa']) {
    let x = -2n;
    const seen: Record<string, bigint[]> = { a: [], b: [] };
    for (const thread of order) {
      const second = seen[thread].push(x) === 2;
      if (thread === 'a') x = second ? (x === -1n ? 1n << 40n : x) : x + 1n;
      else x = second ? x ^ -1n : x - 1n;
    }
    orders.add(`${[...seen.a, ...seen.b, x]}`);
  }
  return [...orders];
}

test.each(everywhere)('updates of 64 bits under %s, by %s', async (memoryModel, reduction) => {
  expect((await explore(wide, { memoryModel, reduction })).outcome).toBe('passed');
});
test('updates of 64 bits under lkmm', async () => {
  const plain = scenario({
    name: 'plain',
    cells: { x: 'u64' },
    actors: { a: [(mem, { x }) => mem.fetchAdd64(x, 1n)], b: [(mem, { x }) => mem.cmpxchg64(x, 0n, 8n)] },
    finally: { 'one or nine': ({ read, cells }) => [1n, 9n].includes(read(cells.x)) },
  });
  expect(await explore(plain, { memoryModel: 'lkmm' })).toMatchObject({ outcome: 'passed', executions: 2 });
});

describe('free-running memory', () => {
  const layout = new Layout();
  const [x, y] = [layout.cell('x', 'i32'), layout.cell64('y', undefined, true)] as [Cell, Cell64];
  const small = layout.cell('small', 'i8');
  const mem = new NativeMemory(new SharedArrayBuffer(layout.size), 0);

  test('has signed cells, and the same updates', () => {
    mem.store(small, -3);
    expect([mem.load(small), mem.fetchSub(small, 5), mem.fetchXor(small, 1), mem.load(small)]).toEqual([
      -3, -3, -8, -7,
    ]);
    mem.store(x, 0xffff_ffff);
    expect([mem.load(x), mem.cmpxchg(x, -1, 4), mem.xchg(x, -9), mem.load(x)]).toEqual([-1, -1, 4, -9]);
    mem.store64(y, -1n);
    expect([mem.fetchAnd64(y, 6n), mem.fetchOr64(y, 1n), mem.xchg64(y, -5n), mem.load64(y)]).toEqual([
      -1n,
      6n,
      7n,
      -5n,
    ]);
  });

  test('waits with a time-out', () => {
    mem.store(x, 0);
    mem.store64(y, 0n);
    expect([mem.wait(x, 1, 5), mem.wait(x, 0, 5), mem.wait(y, 1n, 5), mem.wait(y, 0n, 5)]).toEqual([
      'not-equal',
      'timed-out',
      'not-equal',
      'timed-out',
    ]);
    expect([mem.wake(x, 1), mem.wake(y, Infinity), mem.startWait(x, 0), mem.endWait(x, 1)]).toEqual([
      0,
      0,
      true,
      'timed-out',
    ]);
  });
});
