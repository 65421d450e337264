import { expect, test } from 'vitest';
import type { Cell } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { resultText } from '../../src/memory/result.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore } from '../../src/testing/explore.ts';
import type { Report } from '../../src/testing/report.ts';

/** Results, errors and arguments that the types do not rule out. */

type Names = Readonly<Record<'x' | 'wide' | 'list', never>>;
type Run = (mem: Memory, names: Names, before?: unknown) => unknown;

const REDUCTIONS = ['none', 'optimal', 'states'] as const;

function explored(a: readonly unknown[], rest: object = {}): Promise<Report[]> {
  const toggle: Run = (mem, { x }) => {
    mem.store(x, 1);
    mem.store(x, 0);
  };
  const of = scenario({
    name: 'odd',
    cells: { x: 'u32', wide: 'u64', list: { type: 'u32', length: 2 } },
    actors: { a, b: [toggle] },
    ...rest,
  } as never);
  return Promise.all(REDUCTIONS.map((reduction) => explore(of, { reduction, minimise: 0 })));
}

const told = (reports: Report[]): string[] => [
  ...new Set(reports.map(({ outcome, findings }) => `${outcome} ${findings.map((f) => f.message)}`)),
];

test('results that JSON does not distinguish are distinguished', async () => {
  const pairs = [
    [null, undefined],
    [null, Number.NaN],
    [0, -0],
    [1n, '1n'],
    [1n, '#1n'],
    [{}, { a: undefined }],
    [[undefined], [null]],
    [new Set([1]), new Set([2])],
  ];
  for (const [one, other] of pairs) {
    expect(resultText(one)).not.toBe(resultText(other));
    const reports = await explored([((mem, { x }) => (mem.load(x) === 0 ? one : other)) satisfies Run], {
      finally: {
        'it is the one': ({ results }: { results: { a: unknown[] } }) => resultText(results.a[0]) === resultText(one),
      },
    });
    expect(told(reports)).toEqual(['violated does not hold at the end']);
  }
});

test('an operation that asks for the result before gets the one of its own execution', async () => {
  const first: Run = (mem, { x }) => (mem.load(x) === 0 ? null : Number.NaN);
  const second: Run = (mem, { x }, before) => {
    mem.load(x);
    return Number.isNaN(before);
  };
  const reports = await explored([first, second], {
    finally: { 'never not a number': ({ results }: { results: { a: unknown[] } }) => results.a[1] === false },
  });
  expect(told(reports)).toEqual(['violated does not hold at the end']);
});

test('an operation cannot change the previous result', async () => {
  const first: Run = (mem, { x }) => ({ seen: [mem.load(x)] });
  const second: Run = (mem, { x }, before) => (before as { seen: number[] }).seen.push(mem.load(x));
  expect(told(await explored([first, second]))).toEqual([
    expect.stringMatching(/^crashed TypeError: Cannot add property 1/),
  ]);
});

test('a cyclic object is no result', async () => {
  const ring: Run = (mem, { x }) => {
    const all: unknown[] = [mem.load(x)];
    all.push(all);
    return all;
  };
  await expect(explored([ring])).rejects.toThrow(/its 1 is circular: it holds itself; a result is/);
});

test('a promise is no result, and its rejection is handled', async () => {
  const later: Run = (mem, { x }) => Promise.resolve().then(() => mem.load(x));
  expect(told(await explored([later]))).toEqual([expect.stringMatching(/^crashed .*returns a promise/)]);
});

test('until, and what it reads, may throw', async () => {
  const run: Run = (mem, { x }) => mem.load(x);
  const until = (result: unknown) => (result as { done: { now: boolean } }).done.now;
  expect(told(await explored([{ run, until }]))).toEqual([expect.stringMatching(/^crashed TypeError: .*'now'/)]);
});

test('an error without a text can be thrown', async () => {
  const run: Run = (mem, { x }) => {
    mem.load(x);
    throw Object.create(null);
  };
  expect(told(await explored([run]))).toEqual(['crashed it throws what has no text']);
});

test.each<[string, Run]>([
  ['store does not work on wide, a cell64 of 64 bits', (mem, { wide }) => mem.store(wide, 5)],
  ['load does not work on a list', (mem, { list }) => mem.load(list)],
  ['load64 does not work on x, a cell of 32 bits', (mem, { x }) => mem.load64(x)],
  ['lock does not work on undefined', (mem, { list }) => mem.lock(list[2])],
])('mem.%s', async (message, run) => {
  await expect(explored([run])).rejects.toThrow(
    new RegExp(`^odd: TypeError: mem\\.${message}, at test/explore/results\\.test\\.ts:\\d+$`),
  );
});

test('states with different results are different, however long ago these were returned', async () => {
  const first = scenario({
    name: 'first',
    cells: { x: 'u32', y: 'u32' },
    actors: {
      a: [
        (mem, { x }) => mem.load(x),
        ...[1, 2, 3].map(
          () =>
            (mem: Memory, { y }: { y: Cell }) =>
              mem.load(y),
        ),
      ],
      b: [(mem, { x }) => [mem.store(x, 1), mem.store(x, 0)].length],
    },
    finally: { 'the first has read 0': ({ results }) => results.a[0] === 0 },
  });
  const order = scenario({
    name: 'order',
    cells: { x: 'u32' },
    actors: {
      a: [1, 2, 3].map(
        () =>
          (mem: Memory, { x }: { x: Cell }) =>
            mem.load(x),
      ),
      b: [(mem, { x }) => [mem.store(x, 1), mem.store(x, 0)].length],
    },
    finally: { 'not 0, 1, 1': ({ results }) => results.a.join() !== '0,1,1' },
  });
  for (const of of [first, order]) expect((await explore(of, { reduction: 'states' })).outcome).toBe('violated');
});
