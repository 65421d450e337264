import { instrument } from '#dist/loops/instrument.js';
import { installProbe } from '#dist/loops/probe.js';
import { assume } from '#dist/memory/assume.js';
import { plainMachine } from '#dist/run/createRun.js';
import { type ExploreReport, exploreScenario } from '#dist/run/exploreScenario.js';
import type { SearchSpec } from '#dist/run/search/searchSpec.js';
import { scenario } from '#dist/scenario/define.js';
import { equal } from '../selfCheck.ts';

/** What the body of an operation may use, besides `mem` and the cells x, y, m and pad: all of them 0 at first. */
const PRELUDE = 'class Counter { n = 0; next() { this.n = (this.n + 1) % 3; } }';
const SETS = 'mem.store(x, 1);';

/** Operations with a loop, others, and how the report says that it ends. A loop that has come to its end returns what must not be. */
const KNOWN: readonly (readonly [string, readonly string[], string])[] = [
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
  ['a counter that nobody reads', ['let n = 0; while (mem.load(x) === 0) n++; return false;', SETS], 'passed'],
  [
    'a delay',
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
      // Wakes who was not woken in vain before.
      'assume(mem.load(x) === 1); if (mem.load(y) === 0) mem.wake(x);',
    ],
    'deadlock',
  ],
  ['a delay without end', ['for (let i = 0; i < 1; i *= 2) mem.load(pad); return false;', SETS], 'livelock'],
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

type Of = Parameters<typeof scenario>[0];

function scenarioOf(name: string, bodies: readonly string[], isWatched: boolean) {
  const functions = bodies.map((body) => `function (mem, { x, y, m, pad, l }) { ${body} }`);
  const text = `${PRELUDE} const repeat = (look) => { while (look()); }; return [${functions}];`;
  const source = (isWatched ? instrument(text, '/loops.mjs')?.source : undefined) ?? text;
  const operations = new Function('assume', source)(assume) as (() => unknown)[];
  return scenario({
    name: name.replaceAll(/[^\w ]/g, ''),
    cells: { x: 'u32', y: 'u32', m: 'u32', pad: 'u32' },
    locks: ['l'],
    actors: Object.fromEntries(operations.map((run, i) => [`t${i}`, [run]])),
    finally: { 'it holds': ({ results }: { results: Record<string, unknown[]> }) => results.t0[0] !== true },
  } as unknown as Of);
}

const told = (
  name: string,
  bodies: readonly string[],
  isWatched: boolean,
  how: Partial<SearchSpec>,
): Promise<ExploreReport> =>
  exploreScenario(scenarioOf(name, bodies, isWatched), {
    ...plainMachine,
    ...{ scheduler: 'exhaustive', reduction: 'states', seed: 1, depth: 3, stepsMax: 5000, workers: 1 },
    ...how,
    limits: { executions: Infinity, seconds: 5, bytes: 2 ** 30 },
    minimiseSeconds: 0,
    directory: null,
  });

const strict = { iterationsMax: Infinity, byComparison: false };

/** What loops leave behind from one iteration for the next, and what they do not. */
export async function loops(): Promise<void> {
  installProbe();
  for (const [name, bodies, known] of KNOWN)
    equal(name, (await told(name, bodies, true, { loopRules: strict })).outcome, known);
  const [, exchange] = KNOWN.find(([name]) => name === 'an exchange')!;
  equal('an exchange, by classes', (await told('ex', exchange, true, { reduction: 'optimal' })).outcome, 'passed');
  const endless = ['let n = 0; while (mem.load(x) === 0) n++; return n > 999;', 'mem.load(y); mem.store(x, 1);'];
  const bounded = await told('bounded', endless, true, { loopRules: { iterationsMax: 3, byComparison: false } });
  equal('a bound', [bounded.outcome, bounded.assumptions.map(({ kind }) => kind)], ['passed', ['bound']]);
  const two = [
    'let n = 0; while (mem.load(x) === 0) n++; return n === 2;',
    'let n = 0; while (mem.load(x) === 0) n++; return n > 999;',
    SETS,
  ];
  equal('a shallow one', (await told('shallow', two, true, { reduction: 'none' })).outcome, 'violated');
  const deep = await told('deep', endless, true, { stepsMax: 50 });
  equal('no bound', [deep.outcome, deep.completeTo], ['limit', 50]);
}

/** The same where no state is known, so that loops are compared. */
export async function loopsCompared(): Promise<void> {
  const plain = ['while (mem.load(x) === 0); return false;', SETS];
  const { outcome, assumptions } = await told('plain', plain, false, {});
  equal('compared', [outcome, assumptions.map(({ kind }) => kind)], ['passed', ['comparison']]);
  const notCompared = await told('plain', plain, false, {
    loopRules: strict,
    stepsMax: 40,
  });
  equal('not compared', notCompared.outcome, 'limit');
  for (const [name, bodies, known] of KNOWN.slice(0, 3))
    equal(`${name}, compared`, (await told(name, bodies, false, {})).outcome, known);
  // Later than the end of the loop.
  const later = ['let n = 0; while (mem.load(x) === 0) n = Math.min(n + 1, 5); mem.load(y); return n === 5;', SETS];
  equal('shown late, compared', (await told('later', later, false, {})).outcome, 'violated');
}
