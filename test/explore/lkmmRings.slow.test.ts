import { expect, test } from 'vitest';
import { findBuiltIn } from '../../src/scenario/builtinScenarios.ts';
import { openScenario } from '../../src/scenario/scenarioRef.ts';
import { explore } from '../../src/testing/explore.ts';
import type { VmSpec } from '../../src/vm/spec.ts';

const under = async (spec: VmSpec) =>
  explore(await openScenario(spec), { memoryModel: 'lkmm', minimise: 0, seconds: 300 });
const specOf = (name: string): VmSpec => findBuiltIn(name)!.spec as VmSpec;

// With GFNRING_LONG set, a larger one too.
const long = process.env.GFNRING_LONG === undefined ? [] : ['dirty-ring@repaired/handed-over'];
test.each(['ring', ...long])(
  '%s is proved',
  async (name) => {
    expect(await under(specOf(name))).toMatchObject({ outcome: 'passed', exhausted: true });
  },
  320_000,
);

test('without leeway, the ring of Linux 6.12 loses a page', async () => {
  const spec = { ...specOf('dirty-ring@repaired/no-leeway'), tracker: 'dirty-ring@6.12', sometimes: [] };
  const { findings } = await under(spec);
  expect(findings[0].property).toBe('no dirty page is ever lost');
}, 320_000);
