import { noProperties } from '#dist/check/property.js';
import type { Scenario } from '#dist/check/scenario.js';
import type { Operation } from '#dist/explore/program.js';
import { assume, check } from '#dist/memory/assume.js';
import type { Cell, Lock } from '#dist/memory/cell.js';
import { Layout } from '#dist/memory/layout.js';
import { plainMachine } from '#dist/run/createRun.js';
import { exploreScenario } from '#dist/run/exploreScenario.js';
import type { SearchSpec } from '#dist/run/search/searchSpec.js';
import { benchmarkRing } from '#dist/scenario/benchmarkRing.js';
import { searched } from '../explored.ts';
import { program, scenarioOf } from '../program.ts';
import { equal } from '../selfCheck.ts';

const REDUCTIONS = ['none', 'optimal', 'states'] as const;

/** Program, and how the report says that it ends: its outcome, and the property. */
const KNOWN: readonly (readonly [string, string])[] = [
  ['lock m; lock m1; unlock m1; unlock m | lock m1; lock m; unlock m; unlock m1', 'deadlock no deadlock'],
  ['lock m; lock m1; unlock m1; unlock m | lock m; lock m1; unlock m1; unlock m', 'passed'],
  ['lock m; lock m', 'deadlock no deadlock'],
  ['until x 1 | y=1', 'livelock no livelock: somebody gets on'],
  ['until x 1 | x=1', 'passed'],
  ['until x 1; y=1 | until y 1; x=1', 'livelock no livelock: somebody gets on'],
  // A wake-up that comes before the wait wakes nobody; one wakes all that sleep; who finds another value does not sleep.
  ['wait x 0 | wake x', 'deadlock no deadlock'],
  ['wait x 0 | x=1; wake x', 'passed'],
  ['wait x 0 | wait x 0 | x=1; wake x', 'passed'],
  ['lock m; x=1', 'violated no lock is held at the end'],
  ['lock m | unlock m', 'violated a lock is given back by its holder'],
  ['lock s; lock m; unlock m; unlock s', 'violated R12 nothing sleeps under a spinlock'],
  ['lock s; wait x 1; unlock s', 'violated R12 nothing sleeps under a spinlock'],
  ['lock m; lock s; unlock s; unlock m', 'passed'],
  ['x; assume 1 | x=1', 'passed'],
  ['x; assume 1', 'violated sometimes: an execution that no assume gives up'],
];

export async function ends(): Promise<void> {
  for (const [text, known] of KNOWN)
    for (const reduction of REDUCTIONS)
      equal(`${text}, by ${reduction}`, await told(scenarioOf('ends', text), { reduction }), known);
  for (const memoryModel of ['tso', 'weak'] as const) {
    for (const [text, known] of KNOWN.slice(0, 10))
      equal(`${text}, under ${memoryModel}`, await told(scenarioOf('ends', text), { memoryModel }), known);
  }
  const given = searched(scenarioOf('given up', 'x; assume 1 | x=1'), { reduction: 'none' });
  equal('executions, and those that an assumption gives up', [given.executions, given.blocked], [1, 1]);
}

/** What an operation throws, and what it must not do. */
export async function operations(): Promise<void> {
  const layout = new Layout();
  const [x, y] = [layout.cell('x', 'u32'), layout.cell('y', 'u32')];
  const m = layout.lock('m', 'mutex');
  for (const [what, run, known] of operationsOf(x, y, m)) {
    const toggles = { label: 'toggle', run: (mem: Parameters<typeof run>[0]) => [mem.store(x, 1), mem.store(x, 0)] };
    const actors = [
      { name: 'a', operations: [{ label: 'run', run }] },
      { name: 'b', operations: [toggles] },
    ];
    const of = { name: 'operations', program: { layout, init: () => {}, actors }, properties: noProperties };
    for (const reduction of REDUCTIONS) equal(`${what}, by ${reduction}`, await told(of, { reduction }), known);
  }
}

function operationsOf(x: Cell, y: Cell, m: Lock): readonly (readonly [string, Operation['run'], string])[] {
  let runs = 0;
  return [
    ['one that throws', (mem) => mem.load(x) === 1 && JSON.parse('{'), 'crashed no operation crashes'],
    ['one that checks', (mem) => check(mem.load(x) === 0, 'x is 0'), 'violated x is 0'],
    ['one that assumes', (mem) => assume(mem.load(x) === 1), 'passed'],
    [
      'one that depends on something else',
      (mem) => mem.load(x) + runs++,
      'crashed operations depend on nothing but mem',
    ],
    [
      'one that accesses something else when it is run again',
      (mem) => mem.load(runs++ % 2 === 0 ? x : y),
      'crashed operations depend on nothing but mem',
    ],
    [
      'one that catches what mem throws',
      (mem) => {
        try {
          return mem.load(x);
        } catch {
          return 0;
        }
      },
      'crashed operations let through what mem throws',
    ],
    ['one that goes on later', async (mem) => mem.load(x), 'crashed operations use their own mem'],
    ['one that keeps a lock', (mem) => mem.lock(m), 'violated no lock is held at the end'],
  ];
}

/** Where a limit was reached, nothing has passed. */
export async function limits(): Promise<void> {
  const endless = {
    label: 'endless',
    run: (mem: Parameters<Operation['run']>[0]) => mem.fetchAdd(cell, 1),
    until: () => false,
  };
  const base = program('x');
  const [cell] = base.layout.places as [Cell];
  const spinning: Scenario = {
    name: 'endless',
    program: { ...base, actors: [{ name: 'a', operations: [endless] }] },
    properties: noProperties,
  };
  for (const reduction of REDUCTIONS)
    equal(`${reduction}, steps`, await told(spinning, { reduction, stepsMax: 50 }), 'limit 50 steps in one execution');
  const ring = { ...benchmarkRing('ring-s'), properties: noProperties };
  for (const reduction of ['none', 'optimal'] as const) {
    equal(`${reduction}, executions`, await told(ring, { reduction }, { executions: 20 }), 'limit 20 executions');
    equal(`${reduction}, time`, await told(ring, { reduction }, { seconds: 0 }), 'limit 0 seconds');
  }
  equal('states, memory', await told(ring, {}, { bytes: 1000 }), 'limit 1000 bytes of memory');
  equal('draws', await told(ring, { scheduler: 'pos' }, { executions: 20 }), 'limit 20 executions');
  for (const memoryModel of ['tso', 'weak'] as const) {
    const how = { memoryModel, reduction: 'optimal' } as const;
    equal(`optimal under ${memoryModel}`, await told(ring, how, { executions: 20 }), 'limit 20 executions');
  }
  const nothing = scenarioOf('waits', 'wait x 0', { deadlock: () => undefined });
  equal('no execution ends', await told(nothing), 'violated sometimes: an execution that comes to its end');
}

/** What the report of an exploration says: its outcome; the property that does not hold, or the limit. */
export async function told(
  of: Scenario,
  how: Partial<SearchSpec> = {},
  limits: { executions?: number; seconds?: number; bytes?: number } = {},
): Promise<string> {
  const { outcome, findings, limit, exhausted } = await exploreScenario(of, {
    ...{ ...plainMachine, scheduler: 'exhaustive', reduction: 'states', seed: 1, depth: 3, stepsMax: 1000 },
    ...how,
    limits: { executions: Infinity, seconds: 20, bytes: 2 ** 30, ...limits },
    ...{ workers: 1, minimiseSeconds: 0, directory: null },
  });
  if (
    exhausted !==
    (limit === null &&
      findings.every(({ property }) => property.startsWith('sometimes')) &&
      how.scheduler === undefined)
  )
    return `exhausted is ${exhausted}`;
  return [outcome, ...findings.map(({ property }) => property), ...(limit === null ? [] : [limit])].join(' ');
}
