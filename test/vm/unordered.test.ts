import { expect, test } from 'vitest';
import type { StateView } from '../../src/check/property.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import { callResultsMatchModel } from '../../src/trackers/gfnRing/rules/resultRules.ts';
import { detailedScenarios } from '../../src/trackers/gfnRing/scenarios.ts';
import type { VmSpec } from '../../src/vm/spec.ts';

const specOf = (name: string): VmSpec => detailedScenarios.find(({ spec }) => spec.name === name)!.spec;
const looking = (results: readonly (readonly unknown[])[]) => ({ results }) as StateView;
const page = (offset: bigint) => ({ slot: 0, offset });

/**
 * By property: its value for these results of `ring`, with three pushes, two harvests and two
 * resets.
 */
function said(pushes: readonly number[], ...harvests: readonly (readonly bigint[])[]): Record<string, unknown> {
  const view = looking([pushes, harvests.map((offsets) => offsets.map(page)), [true, true]]);
  return Object.fromEntries(
    Object.entries(callResultsMatchModel(specOf('ring'))).map(([name, holds]) => [name.slice(0, 2), holds(view)]),
  );
}

test('harvested entries are a prefix of the pushed ones, without refused pushes', () => {
  expect(said([1, 2, -16], [0n], [1n]).R4).toBe(true);
  expect(said([1, -16, 2], [0n], [2n]).R4).toBe(true);
  expect(said([1, 2, 2], [], [0n]).R4).toBe(true);
  expect(said([1, 2, -16], [0n], [0n]).R4).toBe('ring0: harvested 0:0 0:0, pushed 0:0 0:1');
  expect(said([1, -16, -16], [0n, 1n], []).R4).toBe('ring0: harvested 0:0 0:1, pushed 0:0');
});

test('push returns the number of used entries, or that the ring is full', () => {
  expect(said([1, 2, -16], [], []).R6).toBe(true);
  expect(said([0, 1, 2], [], []).R6).toBe('push returned 0');
  expect(said([1, 2, 3], [], []).R6).toBe('push returned 3');
});

test('an honest cons is never refused; a hostile one may be', () => {
  const [[, refused]] = Object.entries(callResultsMatchModel(specOf('handed-over')));
  expect([0, -22].map((result) => refused(looking([[], [], [result]])))).toEqual([true, 'reset returned -22']);
  expect(Object.keys(callResultsMatchModel(specOf('hostile-cons')))).toEqual([]);
});

test('they are checked if entries are pushed by calls and harvested by one thread', () => {
  const asked = detailedScenarios.map(({ spec }) => [
    spec.name,
    Object.keys(callResultsMatchModel(spec)).map((name) => name.slice(0, 2)),
  ]);
  expect(Object.fromEntries(asked)).toMatchObject({
    ring: ['R6', 'R4'],
    wrap: ['R6', 'R4'],
    'handed-over': ['R9'],
    'two-resetters': ['R9'],
    'full-ring': [],
  });
});

test('at quiescence each page is re-armed or in a ring', () => {
  const { program, properties } = buildVm(specOf('handed-over'));
  const [[name, holds]] = Object.entries(properties.finally);
  expect(name).toContain('R7');
  const at = (armed: readonly number[], prod: number, cons: number) => {
    const values: Record<string, number> = {
      'page0.armed': armed[0],
      'page1.armed': armed[1],
      'ring0.prod_index': prod,
      'ring0.cons_index': cons,
      'ring0[0].offset': 1,
    };
    const read = ({ name }: { name: string }): number => values[name] ?? 0;
    return holds({ read, read64: (cell: { name: string }) => BigInt(read(cell)) } as unknown as StateView);
  };
  expect(program.layout.places.map((place) => place.name)).toContain('ring0[0].offset');
  expect([at([1, 1], 0, 0), at([1, 0], 1, 0), at([1, 1], 1, 1), at([0, 0], 2, 0)]).toEqual([true, true, true, true]);
  expect(at([1, 0], 1, 1)).toBe('page 0:1 is not write-protected, and no ring has an entry of it');
  expect(at([1, 1], 1, 0)).toBe('page 0:1 is write-protected, and its entry was not reset');
});
