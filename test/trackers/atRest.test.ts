import { expect, test } from 'vitest';
import type { StateView } from '../../src/check/property.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import { DIRTY_RING_RULE } from '../../src/trackers/dirtyRing/rules/dirtyRingState.ts';
import { trackerNames } from '../../src/trackers/registry.ts';
import { collect, hostile, poke, userspace, vcpu, write } from '../../src/vm/actorSpecs.ts';
import type { VmSpec } from '../../src/vm/spec.ts';
import { searchSpec } from '../searches.ts';
import { specOf } from './faults.ts';

const actors = [vcpu(0, write(1)), userspace(collect)];
const specFor = (tracker: string): VmSpec => specOf(tracker, actors, { rings: [{ size: 4, leeway: 2 }] });
const PAGE1 = { slot: 0, offset: 1n };

/**
 * The rules at quiescence that are violated by these memory values and this result of a collect.
 */
function violatedRules(spec: VmSpec, values: Record<string, number>, collected: readonly unknown[]): string[] {
  const { unordered, finally: atEnd } = buildVm(spec).properties;
  const overtaken = Object.entries(atEnd).filter(([name]) => name === DIRTY_RING_RULE.F3_NOT_OVERTAKEN);
  const read = ({ name }: { name: string }): number => values[name] ?? 0;
  const view = {
    read,
    read64: (cell: { name: string }) => BigInt(read(cell)),
    results: [[undefined], [collected]],
  } as unknown as StateView;
  return [...overtaken, ...Object.entries(unordered ?? {})].flatMap(([name, holds]) =>
    holds(view) === true ? [] : [name.split(' ')[0]],
  );
}

test('rules at quiescence of gfn-list', () => {
  const spec = specFor('gfn-list');
  expect(violatedRules(spec, { 'page1.version': 1 }, [PAGE1])).toEqual([]);
  expect(violatedRules(spec, { 'list.fetch_index': 2, 'list.avail_index': 1, 'list.dirty_index': 1 }, [])).toEqual([
    'A1',
  ]);
  expect(violatedRules(spec, { 'list.dirty_index': 5, 'list[0].offset': 1 }, [])).toEqual(['A1']);
  expect(violatedRules(spec, {}, [{ slot: 0, offset: 0n }])).toEqual(['no']);
  expect(violatedRules(spec, { 'page1.version': 1 }, [])).toEqual([]);
});

test('rules at quiescence of dirty-bitmap', () => {
  const spec = specFor('dirty-bitmap');
  expect(violatedRules(spec, { 'page1.version': 1, 'bitmap0[0]': 2 }, [])).toEqual([]);
  expect(violatedRules(spec, { 'page1.version': 1, 'bitmap0[0]': 1 }, [])).toEqual(['NL5']);
  expect(violatedRules(spec, {}, [{ slot: 0, offset: 0n }])).toEqual(['no']);
});

test('rules at quiescence of dirty-ring', () => {
  const spec = specFor('dirty-ring@6.12');
  const harvested = { 'ring0.fetch_index': 1, 'ring0.dirty_index': 1 };
  const reset = { ...harvested, 'ring0.reset_index': 1 };
  expect(violatedRules(spec, { ...reset, 'page1.version': 1 }, [PAGE1])).toEqual([]);
  expect(violatedRules(spec, { ...harvested, 'ring0[0].flags': 2 }, [PAGE1])).toEqual([]);
  expect(violatedRules(spec, harvested, [PAGE1])).toEqual(['F-2']);
  expect(violatedRules(spec, { ...reset, 'ring0[1].flags': 1 }, [PAGE1])).toEqual(['F-2']);
  expect(violatedRules(spec, { ...reset, 'ring0.reset_index': 2 }, [PAGE1])).toEqual(['F-3', 'F-2']);
  expect(violatedRules(spec, { ...reset, 'ring0.warned': 1 }, [PAGE1])).toEqual(['F-10']);
  expect(violatedRules(spec, reset, [])).toEqual(['F-6']);
  expect(violatedRules(spec, { ...reset, 'page1.version': 1, 'page0.version': 1 }, [PAGE1])).toEqual(['NL5']);
  const poked = { ...spec, actors: [...actors, hostile(poke(0, 0, 32, 2))] };
  expect(violatedRules(poked, { ...reset, 'ring0.reset_index': 2 }, [])).toEqual(['F-3']);
});

test.each(trackerNames.filter((name) => name !== 'gfn-ring'))(
  '%s follows its rules at quiescence under tso and rc11',
  (tracker) => {
    const pages = { slots: [{ slot: 0, npages: 2 }], rings: [{ size: 2, leeway: 1 }] };
    for (const memoryModel of ['tso', 'rc11'] as const) {
      const search = searchSpec({ scheduler: 'portfolio', reduction: 'none', memoryModel });
      const scenario = buildVm({ ...specFor(tracker), ...pages });
      const { unordered } = scenario.properties;
      const rules = {
        ...scenario,
        properties: { ...scenario.properties, finally: {}, ...(unordered && { unordered }) },
      };
      expect(searchHere(rules, search, { ...noLimits, executions: 1000 }).violation).toBeUndefined();
    }
  },
);
