import { expect, test } from 'vitest';
import { instrument } from '../../src/loops/instrument.ts';
import { installProbe } from '../../src/loops/probe.ts';
import { assume } from '../../src/memory/assume.ts';
import type { SearchSpec } from '../../src/run/search/searchSpec.ts';
import { scenario } from '../../src/scenario/define.ts';
import { reportOf } from '../run/told.ts';

installProbe();

/**
 * Helpers that a body may use, besides `mem` and the cells x, y, m and pad. All cells are 0 at the
 * start.
 */
const PRELUDE = `class Counter { n = 0; next() { this.n = (this.n + 1) % 3; } }
const repeat = (look) => { while (look()); };`;
const SETS = 'mem.store(x, 1);';

/**
 * Bodies of operations: first one with a loop, then those of other threads. A result that is true
 * violates a property.
 */
const ROWS: readonly (readonly [name: string, bodies: readonly string[], outcome: string])[] = [
  ['a counter', ['let n = 0; while (mem.load(x) === 0) n++; return n > 2;', SETS], 'violated'],
  ['a counter of do', ['let n = 0; do n++; while (mem.load(x) === 0); return n > 2;', SETS], 'violated'],
  ['a flag', ['let late = false; while (mem.load(x) === 0) late = true; return late;', SETS], 'violated'],
  ['a remainder', ['let n = 0; for (; mem.load(x) === 0; ) n = (n + 1) % 3; return n === 2;', SETS], 'violated'],
  [
    'a list',
    ['const k = []; do k.length < 3 && k.push(1); while (mem.load(x) === 0); return k.length === 3;', SETS],
    'violated',
  ],
  [
    'a closure',
    ['let n = 0; const b = () => { n = (n + 1) % 3; }; while (mem.load(x) === 0) b(); return n === 2;', SETS],
    'violated',
  ],
  [
    'a closure of a caller',
    ['let n = 0; repeat(() => { n = (n + 1) % 3; return mem.load(x) === 0; }); return n === 2;', SETS],
    'violated',
  ],
  [
    'a closure that ends',
    ['let n = 0; const b = () => { n = (n + 1) % 3; return mem.load(x) === 0; }; while (b()); return n > 2;', SETS],
    'passed',
  ],
  ['an object', ['const c = new Counter(); while (mem.load(x) === 0) c.next(); return c.n === 2;', SETS], 'violated'],
  [
    'elements',
    ['let n = 0; for (const c of [x, x, x]) { if (mem.load(c) === 1) n++; } return n === 2;', SETS],
    'violated',
  ],
  [
    'a last look',
    [
      'let last = 0; while (mem.load(x) === 0) last = mem.load(y); return last === 1;',
      'mem.store(y, 1); mem.store(x, 1);',
    ],
    'violated',
  ],
  ['600 looks', ['for (let i = 0; i < 600; i++) if (mem.load(x) === 1) return false; return true;', SETS], 'violated'],
  ['a counter that nothing reads', ['let n = 0; while (mem.load(x) === 0) n++; return false;', SETS], 'passed'],
  [
    'a delay that grows',
    ['for (let d = 1; mem.load(x) === 0; d *= 2) for (let i = 0; i < d; i++) mem.load(pad); return false;', SETS],
    'passed',
  ],
  ['an exchange', ['while (mem.xchg(x, 1) === 1); return false;', 'mem.store(x, 1); mem.store(x, 0);'], 'passed'],
  ['an exchange in vain', ['while (mem.xchg(x, 1) === 1); return false;', SETS], 'livelock'],
  [
    'two that give back',
    [
      'while (mem.cmpxchg(x, 0, 1) !== 0 || mem.cmpxchg(y, 0, 1) !== 0) mem.store(x, 0); return false;',
      'while (mem.cmpxchg(y, 0, 1) !== 0 || mem.cmpxchg(x, 0, 1) !== 0) mem.store(y, 0); return false;',
    ],
    'livelock',
  ],
  [
    'looks under a lock',
    [
      'for (;;) { mem.lock(l); const v = mem.load(x); mem.unlock(l); if (v === 1) return false; }',
      `mem.lock(l); ${SETS} mem.unlock(l);`,
    ],
    'passed',
  ],
  [
    'an iteration that sleeps',
    [
      'while (mem.wait(x, 0)) mem.store(y, 1); return false;',
      'mem.wake(x); mem.store(x, 1);',
      // Wakes the thread if the wake-up before came too early.
      'assume(mem.load(x) === 1); if (mem.load(y) === 0) mem.wake(x);',
    ],
    'deadlock',
  ],
  ['a delay that does not end', ['for (let i = 0; i < 1; i *= 2) mem.load(pad); return false;', SETS], 'livelock'],
  ['sleeping again', ['while (mem.wait(x, 0)); return false;', 'mem.wake(x);'], 'deadlock'],
  [
    'waitUntil',
    ['return mem.waitUntil(x, (v) => v > 1) === 3;', 'mem.store(x, 1); mem.store(x, 2); mem.store(x, 3);'],
    'violated',
  ],
  ['an addition', ['while (mem.fetchAdd(y, 1) < 3); return false;', SETS], 'passed'],
  ['elements in turn', ['for (const i of [0, 1, 2]) while (mem.load(y) === 1); return false;', SETS], 'passed'],
  ['waitUntil in vain', ['mem.waitUntil(x, (v) => v > 1); return false;', SETS], 'livelock'],
];

const STRICT = { iterationsMax: Infinity, byComparison: false };

/** @param isWatched whether the state of loops is known, as in a user's module */
function reportOfBodies(bodies: readonly string[], isWatched: boolean, search: Partial<SearchSpec>) {
  const functions = bodies.map((body) => `function (mem, { x, y, m, pad, l }) { ${body} }`);
  const text = `${PRELUDE} return [${functions}];`;
  const source = (isWatched ? instrument(text, '/loops.mjs')?.source : undefined) ?? text;
  const operations = new Function('assume', source)(assume) as (() => unknown)[];
  const of = scenario({
    name: 'loops',
    cells: { x: 'u32', y: 'u32', m: 'u32', pad: 'u32' },
    locks: ['l'],
    actors: Object.fromEntries(operations.map((run, i) => [`t${i}`, [run]])),
    finally: { 'not true': ({ results }: { results: Record<string, unknown[]> }) => results.t0[0] !== true },
  } as unknown as Parameters<typeof scenario>[0]);
  return reportOf(of, { stepsMax: 5000, ...search }, { seconds: isWatched ? 10 : 50 });
}

test.each(ROWS)('%s', async (_, bodies, outcome) => {
  expect((await reportOfBodies(bodies, true, { loopRules: STRICT })).outcome).toBe(outcome);
});

const ENDLESS = ['let n = 0; while (mem.load(x) === 0) n++; return n > 999;', 'mem.load(y); mem.store(x, 1);'];

test('a loop with an exchange, in a search of classes', async () => {
  const [, bodies] = ROWS.find(([name]) => name === 'an exchange')!;
  expect((await reportOfBodies(bodies, true, { reduction: 'optimal' })).outcome).toBe('passed');
});

test('a bound on iterations is an assumption of the verdict', async () => {
  const loopRules = { iterationsMax: 3, byComparison: false };
  const { outcome, assumptions } = await reportOfBodies(ENDLESS, true, { loopRules });
  expect([outcome, assumptions.map(({ kind }) => kind)]).toEqual(['passed', ['bound']]);
});

test.each(['tso', 'rc11'] as const)(
  'a thread past its bound ends, and the others go on: classes of %s',
  async (memoryModel) => {
    const bodies = ['let n = 0; while (mem.load(x) === 0) n++; return n > 999;', 'mem.store(x, 1); mem.store(y, 1);'];
    const loopRules = { iterationsMax: 2, byComparison: false };
    const { outcome, executions, blocked } = await reportOfBodies(bodies, true, {
      loopRules,
      reduction: 'optimal',
      memoryModel,
    });
    // The loop ends after 0, 1 or 2 iterations, or would begin a third.
    expect([outcome, executions, blocked]).toEqual(['passed', 3, 1]);
  },
);

test('a bound that every execution reaches shows nothing', async () => {
  const loopRules = { iterationsMax: 2, byComparison: false };
  const { outcome, limit, findings } = await reportOfBodies([ENDLESS[0]], true, { loopRules });
  expect([outcome, findings]).toEqual(['limit', []]);
  expect(limit).toMatch(/^2 iterations of the loop at .*, which every execution reaches$/);
});

test('a shallow violation is found in a program with an unbounded loop', async () => {
  const bodies = [
    'let n = 0; while (mem.load(x) === 0) n++; return n === 2;',
    'let n = 0; while (mem.load(x) === 0) n++; return n > 999;',
    SETS,
  ];
  expect((await reportOfBodies(bodies, true, { reduction: 'none' })).outcome).toBe('violated');
});

test('a search that reaches its limit of steps reports the depth to which it is complete', async () => {
  const { outcome, completeTo } = await reportOfBodies(ENDLESS, true, { stepsMax: 50 });
  expect([outcome, completeTo]).toEqual(['limit', 50]);
});

test('iterations are compared if the state of a loop is unknown, unless that is disabled', async () => {
  const plain = ['while (mem.load(x) === 0); return false;', SETS];
  const { outcome, assumptions } = await reportOfBodies(plain, false, {});
  expect([outcome, assumptions.map(({ kind }) => kind)]).toEqual(['passed', ['comparison']]);
  expect((await reportOfBodies(plain, false, { loopRules: STRICT, stepsMax: 40 })).outcome).toBe('limit');
});

test.each(ROWS.slice(0, 1))('%s, by comparison of iterations', async (_, bodies, outcome) => {
  expect((await reportOfBodies(bodies, false, {})).outcome).toBe(outcome);
});

test('a difference that shows only after the loop, by comparison of iterations', async () => {
  const body = 'let n = 0; while (mem.load(x) === 0) n = Math.min(n + 1, 5); mem.load(y); return n === 5;';
  expect((await reportOfBodies([body, SETS], false, {})).outcome).toBe('violated');
});
