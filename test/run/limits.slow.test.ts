import { describe, expect, test } from 'vitest';
import { noProperties } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import type { Program } from '../../src/explore/program.ts';
import { Layout } from '../../src/memory/layout.ts';
import { benchmarkRing } from '../../src/scenario/benchmarkRing.ts';
import { told } from './told.ts';

const ring: Scenario = { ...benchmarkRing('ring-s'), properties: noProperties };

/** An operation that is repeated for ever. */
function endless(): Program {
  const layout = new Layout();
  const x = layout.cell('x', 'u32');
  const operations = [{ label: 'endless', run: (mem) => mem.fetchAdd(x, 1), until: () => false }] as const;
  return { layout, init: () => {}, actors: [{ name: 'a', operations: operations as never }] };
}

describe('a limit is never a pass', () => {
  test.each(['none', 'optimal', 'states'] as const)('steps of one execution, by %s', async (reduction) => {
    const of: Scenario = { name: 'endless', program: endless(), properties: noProperties };
    expect(await told(of, { reduction, stepsMax: 50 })).toBe('limit 50 steps in one execution');
  });

  test.each([
    ['none', 'sc'],
    ['optimal', 'sc'],
    ['optimal', 'tso'],
    ['optimal', 'rc11'],
  ] as const)('executions and seconds, by %s under %s', async (reduction, memoryModel) => {
    expect(await told(ring, { reduction, memoryModel }, { executions: 20 })).toBe('limit 20 executions');
    expect(await told(ring, { reduction, memoryModel }, { seconds: 0 })).toBe('limit 0 seconds');
  });

  test('memory of the search of states', async () => {
    expect(await told(ring, {}, { bytes: 1000 })).toBe('limit 1000 bytes of memory');
  });

  test('sampled executions', async () => {
    expect(await told(ring, { scheduler: 'pos' }, { executions: 20 })).toBe('limit 20 executions');
  });
});
