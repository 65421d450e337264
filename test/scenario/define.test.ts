import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import { ReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { symmetricThreads } from '../../src/explore/symmetry.ts';
import { createRun, runOnce } from '../../src/run/createRun.ts';
import { exploreScenario } from '../../src/run/exploreScenario.ts';
import { scenario } from '../../src/scenario/define.ts';
import { countOperations, omitOperations } from '../../src/scenario/omittedOperations.ts';
import { parametersOf } from '../../src/scenario/parameters.ts';
import { exploreOptions } from '../searches.ts';

/** Runs the actors one after the other. */
const run = (of: Scenario) => {
  const one = createRun(of, 1000);
  return { ...runOnce(one, new ReplayScheduler([])), results: one.execution.results, u8: one.execution.bytes.u8 };
};
const actors = { a: [] };
const noop = () => {};

test('all types are inferred', () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'test/types'], { stdio: 'inherit' });
});

test('a bad definition is reported in one line', () => {
  const good = { name: 'x', cells: {}, actors };
  const bad: [object, RegExp][] = [
    [{}, /^scenario: name is missing: must be a text of letters/],
    [{ name: 'a/b' }, /^scenario: name is "a\/b"/],
    [{ name: 'x' }, /^scenario x: cells is missing: must be an object/],
    [{ ...good, cells: { a: 'u7' } }, /^scenario x: cells.a is "u7": its type must be u8, u16, u32 or u64/],
    [{ ...good, cells: { a: { type: 'u8', initial: 256 } } }, /cells.a.initial is 256: must be from 0 to 2\^8 - 1/],
    [{ ...good, cells: { a: { type: 'u8', initial: -1 } } }, /cells.a.initial is -1: must be from 0/],
    [{ ...good, cells: { a: { type: 'u64', initial: 2 ** 60 } } }, /cells.a.initial is \d+: must be a whole number/],
    [
      { ...good, cells: { a: { type: 'u8', length: 0 } } },
      /cells.a.length is 0: must be a whole number from 1 to 65536/,
    ],
    [{ ...good, cells: { a: { type: 'u8', over: 'b' } } }, /cells.a.over is "b": must be the name of a cell before it/],
    [
      { ...good, cells: { b: 'u32', a: { type: 'u16', over: 'b', byte: 1 } } },
      /cells.a: a: offset 1 is not a multiple of its 2/,
    ],
    [{ ...good, cells: { b: 'u32', a: { type: 'u64', over: 'b' } } }, /cells.a: a: offset 0 lies outside any region/],
    [{ ...good, locks: [1] }, /locks has 1: must be names/],
    [{ ...good, locks: { m: 'rwlock' } }, /locks.m is "rwlock": must be mutex or spinlock/],
    [{ ...good, cells: { m: 'u8' }, locks: ['m'] }, /locks.m: there is a cell or a lock of that name/],
    [{ ...good, locks: ['m', 'm'] }, /locks.m: there is a cell or a lock of that name/],
    [{ ...good, racy: 'x' }, /racy is "x": must be a list of names of cells/],
    [{ ...good, racy: ['none'] }, /racy has "none": must be names of cells/],
    [{ ...good, actors: {} }, /actors is empty: there must be one at least/],
    [{ ...good, actors: [] }, /actors is \[\]: must be an object/],
    [{ ...good, actors: { a: noop } }, /actors.a is a function: must be a list of operations/],
    [
      { ...good, actors: { a: [noop, 'push'] } },
      /actors.a\[1\] is "push": must be a function, or an object with one as run/,
    ],
    [{ ...good, actors: { a: [async () => {}] } }, /actors.a\[0\] is async or a generator: must be a plain function/],
    [{ ...good, actors: { a: [function* () {}] } }, /actors.a\[0\] is async or a generator/],
    [{ ...good, always: { p: true } }, /always.p is true: must be a function/],
    [{ ...good, finally: noop }, /finally is a function: must be an object/],
  ];
  for (const [definition, message] of bad) {
    const define = () => scenario(definition as Parameters<typeof scenario>[0]);
    expect(define, JSON.stringify(definition)).toThrow(expect.objectContaining({ name: 'BadInput' }));
    expect(define).toThrow(message);
    expect(define).not.toThrow(/\n/);
  }
});

test('names of Object.prototype are allowed', () => {
  const odd = scenario({
    name: 'odd',
    cells: { x: 'u8' },
    locks: ['toString', 'constructor'],
    actors: { valueOf: [noop] },
  });
  expect(run(odd).stop.kind).toBe('finished');
});

test('an unknown name, and a property that throws, are reported', () => {
  const typo = scenario({
    name: 'typo',
    cells: { count: 'u32' },
    actors: { a: [(mem, names) => mem.load((names as unknown as { cuont: typeof names.count }).cuont)] },
  });
  expect(run(typo).violation).toEqual({
    property: 'no operation crashes',
    category: 'misuse',
    message: expect.stringMatching(
      /^TypeError: there is no cell or lock 'cuont', only count, at test\/scenario\/define\.test\.ts:\d+$/,
    ),
  });
  const wrong = (text: string) =>
    scenario({ name: 'wrong', cells: {}, actors, finally: { p: new Function('view', text) as () => boolean } });
  expect(() => run(wrong('return view.results.b[0]'))).toThrow(
    "scenario wrong: finally.p throws ReferenceError: there is no actor 'b', only a",
  );
  expect(run(wrong('return JSON.stringify(view.results)')).violation?.message).toBe('{"a":[]}');
  expect(run(wrong('return false')).violation?.message).toBe('does not hold at the end');
  expect(() => run(wrong(''))).toThrow('scenario wrong: finally.p returns nothing: must return true or false');
});

test('cells overlap, and hold 64 bits', () => {
  const wide = scenario({
    name: 'wide',
    cells: {
      w: { type: 'u64', initial: 0x1122334455667788n },
      high: { type: 'u32', over: 'w', byte: 4 },
      bytes: { type: 'u8', over: 'w', length: 8 },
    },
    actors: {
      a: [
        (mem, { high }) => mem.load(high),
        (mem, { bytes }) => mem.store(bytes[7], 0xff),
        (mem, { w }) => mem.load64(w),
      ],
    },
    always: { 'always looks at all widths': ({ read, cells }) => read(cells.w) >> 32n === BigInt(read(cells.high)) },
    finally: { seen: ({ results }) => results.a[2] === 0xff22334455667788n || `saw ${results.a[2]}` },
  });
  expect(run(wide)).toMatchObject({ violation: undefined, results: [[0x11223344, undefined, 0xff22334455667788n]] });
});

test('a third argument is the result of the operation before; results have names', () => {
  const chain = scenario({
    name: 'chain',
    cells: { x: 'u32' },
    actors: {
      b: [(_mem, _names, before) => [before], (_mem, _names, before) => [before, 2]],
      a: [{ label: 'again', run: (mem, { x }) => mem.fetchAdd(x, 1), until: (seen) => seen === 2 }],
    },
    finally: {
      all: ({ results: { a, b } }) => JSON.stringify({ a, b }) === '{"a":[0,1,2],"b":[[null],[[null],2]]}' || `${b}`,
    },
  });
  expect(run(chain)).toMatchObject({ violation: undefined });
  expect(chain.program.actors.map(({ operations }) => operations.map((op) => [op.label, op.run.length]))).toEqual([
    [
      ['operation 0', 2],
      ['operation 1', 2],
    ],
    [['again', 1]],
  ]);
});

test('parameters are counted, also those with a default value', () => {
  const counts: [(...args: never[]) => unknown, number][] = [
    [() => 0, 0],
    // biome-ignore format: the parentheses are what is left out here
    [mem => mem, 1],
    [(mem, { x, y }) => [mem, x, y], 2],
    [(mem, { x, y = [1, 2] }, before = { a: 1 }) => [mem, x, y, before], 3],
    [(_mem, _names, before = ')' /* ( , */) => before, 3],
    [(_mem, ...rest) => rest, Infinity],
    [function add(_mem, _names, /* , */ _before = (() => 1)()) {}, 3],
    [{ run(_mem: unknown, _names = ['a', 'b']) {} }.run, 2],
    [((_a: number, _b: number) => 0).bind(null), 2],
  ];
  expect(counts.map(([fn]) => parametersOf(fn))).toEqual(counts.map(([, count]) => count));
});

test('actors that share their operations are alike', () => {
  expect(symmetricThreads(five.program)).toEqual([[0, 1]]);
});

const add = (mem: import('../../src/index.ts').Memory, { count }: { count: import('../../src/index.ts').Cell }) => {
  mem.store(count, mem.load(count) + 1);
  return 'added';
};
const five = scenario({
  name: 'five',
  cells: { count: 'u32' },
  actors: { a: [add, add], b: [add, add], c: [add] },
  finally: {
    'no addition is lost': ({ read, cells, results }) => {
      const added = Object.values(results)
        .flat()
        .filter((result) => result === 'added').length;
      return read(cells.count) === added || `${added} additions, count is ${read(cells.count)}`;
    },
  },
});

test('a skipped operation keeps its position, and passes on the previous result', () => {
  const less = omitOperations(five, [[0], [], [0]]);
  expect(run(less)).toMatchObject({
    violation: undefined,
    results: [[undefined, 'added'], ['added', 'added'], [undefined]],
  });
  expect([countOperations(five), countOperations(less)]).toEqual([
    { operations: 5, actors: 3 },
    { operations: 3, actors: 2 },
  ]);
  const keeps = scenario({
    name: 'keeps',
    cells: { x: 'u32' },
    actors: {
      a: [() => 7, (_mem, _names, before: number) => before + 1, (_mem, _names, before: number) => before + 1],
    },
  });
  expect(run(omitOperations(keeps, [[1]])).results).toEqual([[7, 7, 8]]);
});

const options = exploreOptions({ limits: { seconds: 10 }, minimiseSeconds: 5 });

test('a finding is shrunk by skipping operations', async () => {
  const { findings } = await exploreScenario(five, options);
  const { source, contextSwitches, message } = { source: findings[0].scenario, ...findings[0] };
  expect(countOperations(omitOperations(five, (source as unknown as { skipped: number[][] }).skipped))).toEqual({
    operations: 2,
    actors: 2,
  });
  expect([contextSwitches, message]).toEqual([2, '2 additions, count is 1']);
});

test('a finding is not shrunk to one that fails in any order', async () => {
  const counted = scenario({
    name: 'counted',
    cells: { count: 'u32' },
    actors: { a: [add], b: [add, add] },
    finally: { three: ({ read, cells }) => read(cells.count) === 3 },
  });
  const { findings } = await exploreScenario(counted, options);
  expect(findings[0].scenario).not.toHaveProperty('skipped');
});
