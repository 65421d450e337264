import type { Monitor, Properties, StateView } from '#dist/check/property.js';
import type { Scenario } from '#dist/check/scenario.js';
import type { Cell, Lock } from '#dist/memory/cell.js';
import { Kind } from '#dist/memory/memory.js';
import { resultText } from '#dist/memory/result.js';
import { scenario } from '#dist/scenario/define.js';
import { searched } from '../explored.ts';
import { cellOf, program, scenarioOf } from '../program.ts';
import { equal } from '../selfCheck.ts';
import { told } from './ends.ts';

const REDUCTIONS = ['none', 'optimal', 'states'] as const;
type Ask<R> = (look: StateView, cell: (name: string) => Cell) => R;

const asked = (
  text: string,
  of: Partial<Record<'always' | 'sometimes', Ask<boolean>> & { finally: Ask<boolean | string> }>,
): Scenario => {
  const cells = program(text);
  const lift = <R>(ask: Ask<R> | undefined): Record<string, (look: StateView) => R> =>
    ask === undefined ? {} : { asked: (look) => ask(look, (name) => cellOf(cells, name)) };
  const properties = { always: lift(of.always), sometimes: lift(of.sometimes), finally: lift(of.finally) };
  return scenarioOf('properties', text, properties);
};

/** What is asked; and whether it holds. Each is false at one moment alone, of what one kind of access has written last. */
const KNOWN: readonly (readonly [string, Scenario, string])[] = [
  ['an always of a cell', asked('x=1; x=0', { always: ({ read }, c) => read(c('x')) === 0 }), 'violated asked'],
  ['an always that holds', asked('x=1; x=0', { always: ({ read }, c) => read(c('x')) < 2 }), 'passed'],
  [
    'an always of what an update wrote',
    asked('add x 1; xchg x 0', { always: ({ read }, c) => read(c('x')) === 0 }),
    'violated asked',
  ],
  ['an always of a half', asked('w=65536; w=0', { always: ({ read }, c) => read(c('H')) === 0 }), 'violated asked'],
  ['an always of a whole', asked('H=1; H=0', { always: ({ read }, c) => read(c('w')) === 0 }), 'violated asked'],
  [
    'an always of two cells',
    asked('x=1; x=0 | y=1; y=0', { always: ({ read }, c) => read(c('x')) + read(c('y')) < 2 }),
    'violated asked',
  ],
  [
    'an always that looks at another cell later',
    asked('x=1 | y=1; y=0', { always: ({ read }, c) => read(c('x')) === 0 || read(c('y')) === 0 }),
    'violated asked',
  ],
  [
    'an always of results',
    asked('x | y', { always: ({ results: [a, b] }) => a.length === 1 || b.length === 0 }),
    'violated asked',
  ],
  [
    'an always of who holds a lock',
    asked('lock m; unlock m', { always: ({ holder }, c) => holder(c('m') as unknown as Lock) < 0 }),
    'violated asked',
  ],
  ['a finally', asked('x=1 | x=2', { finally: ({ read }, c) => read(c('x')) === 2 }), 'violated asked'],
  [
    'a finally that says why',
    asked('x=1 | x=2', { finally: ({ read }, c) => read(c('x')) === 2 || 'x is 1' }),
    'violated asked',
  ],
  ['a finally that holds', asked('x=1 | x=2', { finally: ({ read }, c) => read(c('x')) > 0 || 'x is 0' }), 'passed'],
  [
    'a finally of results',
    asked('x | x=1', { finally: ({ results: [[a]] }) => (a as number[])[0] === 0 }),
    'violated asked',
  ],
  [
    'a sometimes that never is',
    asked('x=1; x=0', { sometimes: ({ read }, c) => read(c('x')) === 2 }),
    'violated sometimes: asked',
  ],
  ['a sometimes', asked('x=1; x=0', { sometimes: ({ read }, c) => read(c('x')) === 1 }), 'passed'],
  [
    'a sometimes of two cells',
    asked('x=1; x=0 | y=1; y=0', { sometimes: ({ read }, c) => read(c('x')) + read(c('y')) === 2 }),
    'passed',
  ],
  [
    'an always after a sometimes has come true',
    asked('x=1; y=1', {
      sometimes: ({ read }, c) => read(c('x')) === 1,
      always: ({ read }, c) => read(c('y')) !== 1,
    }),
    'violated asked',
  ],
];

export async function properties(): Promise<void> {
  for (const [what, of, known] of KNOWN)
    for (const reduction of REDUCTIONS) equal(`${what}, by ${reduction}`, await told(of, { reduction }), known);
  for (const memoryModel of ['tso', 'weak'] as const)
    for (const reduction of ['optimal', 'states'] as const)
      for (const [what, of, known] of KNOWN)
        if (of.program.actors.length < 3)
          equal(`${what}, by ${reduction} under ${memoryModel}`, await told(of, { reduction, memoryModel }), known);
  // More of them than a word has bits.
  const many = program('x=1; x=0');
  const x = cellOf(many, 'x');
  const always = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`asked ${i}`, ({ read }: StateView) => i < 39 || read(x) === 0]),
  );
  equal('the last of 40', await told(scenarioOf('many', 'x=1; x=0', { always })), 'violated asked 39');
}

/** Monitors see every step in its order, and what operations return. */
export async function monitors(): Promise<void> {
  const stores = monitor('stores', '', (state, { kind, value }) => (kind === Kind.store ? state + value : state));
  const written = scenarioOf('monitors', 'x=1 | y=2', { monitors: [{ ...stores, step: until(stores.step, '21') }] });
  for (const reduction of REDUCTIONS)
    equal(`an order of stores, by ${reduction}`, await told(written, { reduction }), 'violated 21');
  // Only if who has stored first is a part of the state, and no order is left out, is it known at the end.
  const late = scenarioOf('monitors', 'x=1; z=3 | y=2', { monitors: [{ ...stores, step: until(stores.step, '213') }] });
  for (const reduction of REDUCTIONS)
    equal(`three stores, by ${reduction}`, await told(late, { reduction }), 'violated 213');
  const loads = monitor('loads', '', (state, { thread, kind }) => (kind === Kind.load ? state + thread : state));
  const looked = scenarioOf('monitors', 'x | y', { monitors: [{ ...loads, step: until(loads.step, '10') }] });
  for (const reduction of REDUCTIONS)
    equal(`an order of loads, by ${reduction}`, await told(looked, { reduction }), 'violated 10');
  const returns: Monitor<string> = {
    ...monitor('returns', '', (state) => state),
    returned: (state, thread, operation, result) => {
      const next = `${state}${thread}${operation}${resultText(result)} `;
      return /00\[0\].*01\[1\]/.test(next) ? { property: 'returned', message: next } : next;
    },
  };
  equal(
    'what is returned',
    await told(scenarioOf('monitors', 'x > x | x=1', { monitors: [returns] })),
    'violated returned',
  );
  // Where the order of steps is not that of effects, something else is asked at the end.
  const unordered: Partial<Properties> = {
    monitors: [returns],
    unordered: { unordered: ({ results: [[a, b]] }) => resultText([a, b]) !== '[[0],[1]]' },
  };
  for (const memoryModel of ['tso', 'weak'] as const)
    equal(
      `unordered, under ${memoryModel}`,
      await told(scenarioOf('unordered', 'x > x | x=1', unordered), { memoryModel }),
      'violated unordered',
    );
}

function monitor(name: string, init: string, step: Monitor<string>['step']): Monitor<string> {
  return { name, sees: () => true, init: () => init, step, returned: (state) => state, key: (state) => state };
}

const until =
  (step: Monitor<string>['step'], wrong: string): Monitor<string>['step'] =>
  (state, event, look) => {
    const next = step(state, event, look);
    return next === wrong ? { property: wrong, message: 'seen' } : next;
  };

/** Results that nobody may take for one another, and which the next operation gets. */
export async function results(): Promise<void> {
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
    const text = resultText(one);
    equal(`${text}, and another`, resultText(other) === text, false);
    const of = scenario({
      name: 'results',
      cells: { x: 'u32', y: 'u32' },
      actors: {
        a: [
          (mem, { x }) => (mem.load(x) === 0 ? one : other),
          (mem, { y }, before) => [mem.load(y), resultText(before) === text],
        ],
        b: [(mem, { x }) => [mem.store(x, 1), mem.store(x, 0)].length],
      },
      finally: { 'it is the other': ({ results: { a } }) => (a[1] as [number, boolean])[1] },
    });
    for (const reduction of REDUCTIONS)
      equal(`${text}, by ${reduction}`, await told(of, { reduction }), 'violated it is the other');
  }
  // States with other results are other states, however far back these were returned.
  const far = scenarioOf('far', 'x > y > y > y | x=1; x=0', {
    finally: { 'it has seen 1': ({ results: [[first]] }) => (first as number[])[0] === 0 },
  });
  const near = scenarioOf('near', 'x > x > x | x=1; x=0', {
    finally: { 'not 0, 1, 1': ({ results: [all] }) => resultText(all) !== '[[0],[1],[1]]' },
  });
  for (const of of [far, near])
    equal(
      `results of ${of.name}`,
      searched(of).violation?.property,
      searched(of, { reduction: 'none' }).violation!.property,
    );
}
