import { describe, expect, test } from 'vitest';
import { type Monitor, noProperties, type Properties } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import type { Program } from '../../src/explore/program.ts';
import { Kind } from '../../src/memory/kinds.ts';
import { Layout } from '../../src/memory/layout.ts';
import { resultText } from '../../src/memory/result.ts';
import { programOf, threadsOf } from '../explore/programs.ts';
import { told } from '../run/told.ts';

const REDUCTIONS = ['none', 'optimal', 'states'] as const;

/** A monitor that records each step, and fails if the record equals `wrong`. */
const watch = (wrong: string, seen: (event: Parameters<Monitor<string>['step']>[1]) => string): Monitor<string> => ({
  name: 'watch',
  sees: () => true,
  init: () => '',
  step: (state, event) => {
    const next = state + seen(event);
    return next === wrong && next !== state ? { property: 'watched', message: wrong } : next;
  },
  returned: (state) => state,
  key: (state) => state,
});
const stored = ({ kind, value }: { kind: number; value: number }): string => (kind === Kind.store ? `${value}` : '');
const loaded = ({ kind, thread }: { kind: number; thread: number }): string => (kind === Kind.load ? `${thread}` : '');

const watched = (program: Program, properties: Partial<Properties>): Scenario => ({
  name: 'watched',
  program,
  properties: { ...noProperties, ...properties },
});

describe.each(REDUCTIONS)('by %s, a monitor sees', (reduction) => {
  test.each([
    ['the order of two stores', 'Wx1 | Wy2', watch('21', stored)],
    // Found only if the state includes the order of the first two, and no order is skipped.
    ['the order of three stores', 'Wx1;Wz3 | Wy2', watch('213', stored)],
    ['the order of two loads', 'Rx | Ry', watch('10', loaded)],
  ])('%s', async (_, text, monitor) => {
    expect(await told(watched(programOf(threadsOf(text)), { monitors: [monitor] }), { reduction })).toBe(
      'violated watched',
    );
  });

  test('the results of operations', async () => {
    expect(await told(watched(twoLoads(), { monitors: [returns] }), { reduction })).toBe('violated returned');
  });
});

/** Two operations that load x, and a thread that stores 1 to it. */
function twoLoads(): Program {
  const layout = new Layout();
  const x = layout.cell('x', 'u32');
  return {
    layout,
    init: () => {},
    actors: [
      { name: 'loads', operations: ['first', 'second'].map((label) => ({ label, run: (mem) => mem.load(x) })) },
      { name: 'stores', operations: [{ label: 'store', run: (mem) => mem.store(x, 1) }] },
    ],
  };
}

const returns: Monitor<string> = {
  ...watch('', () => ''),
  returned: (state, thread, operation, result) => {
    const next = `${state}${thread}${operation}=${resultText(result)} `;
    return /00=0 .*01=1/.test(next) ? { property: 'returned', message: next } : next;
  },
};

test.each(['tso', 'rc11'] as const)(
  'under %s the order of steps is not that of effects: another property stands in at the end',
  async (memoryModel) => {
    const unordered: Properties['finally'] = {
      unordered: ({ results: [[first, second]] }) => !(first === 0 && second === 1),
    };
    expect(await told(watched(twoLoads(), { monitors: [returns], unordered }), { memoryModel })).toBe(
      'violated unordered',
    );
  },
);
