import { afterAll, describe, expect, test } from 'vitest';
import { noLimits } from '../../src/explore/limits.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { SearchPool } from '../../src/run/search/searchPool.ts';
import type { SearchSpec } from '../../src/run/search/searchSpec.ts';
import { resolveScenario, type ScenarioRef } from '../../src/scenario/scenarioRef.ts';
import { searchSpec } from '../searches.ts';

/** One, two and three threads give the same result. */

const two = new SearchPool(2);
const three = new SearchPool(3);
afterAll(async () => {
  await two.close();
  await three.close();
});

const base = searchSpec({ reduction: 'none', seed: 7 });
const ring = (name: 'ring-s' | 'ring-m' | 'ring-l'): ScenarioRef => ({ schema: 1, name, builtIn: name });
const lostUpdate: ScenarioRef = { schema: 1, name: 'lost-update', module: `${process.cwd()}/examples/lost-update.mjs` };

async function both(source: ScenarioRef, search: SearchSpec, limits = noLimits) {
  const what = await resolveScenario(source);
  const found = [await two.search(what, search, limits), await three.search(what, search, limits)];
  const here = searchHere(what.scenario, search, limits);
  expect(found[0]).toEqual(here);
  expect(found[1]).toEqual(here);
  return { found: found[0], here };
}

describe('for any number of workers', () => {
  test.each([
    ['ring-s', 46],
    ['ring-m', 553],
    ['ring-l', 6111],
  ] as const)('%s has %i classes', async (name, classes) => {
    const { found, here } = await both(ring(name), { ...base, reduction: 'optimal' });
    expect(found).toMatchObject({ executions: classes, blocked: 0, classes, limit: undefined, missing: [] });
    expect(here).toMatchObject({ executions: classes, classes, readsFrom: found.readsFrom });
  });

  test('the sampled executions are the same', async () => {
    for (const scheduler of ['portfolio', 'random-walk', 'reads-from'] as const) {
      const { found, here } = await both(ring('ring-l'), { ...base, scheduler }, { ...noLimits, executions: 3000 });
      expect(found).toMatchObject({ executions: 3000, limit: { kind: 'executions', text: '3000 executions' } });
      expect(found).toMatchObject({ classes: here.classes, readsFrom: here.readsFrom, steps: here.steps });
    }
  });

  test('the first violation is the same', async () => {
    const { found, here } = await both(lostUpdate, { ...base, scheduler: 'random-walk' });
    expect(found).toMatchObject({ executions: here.executions, schedule: here.schedule, violation: here.violation });
    const proof = await both(lostUpdate, { ...base, reduction: 'optimal' });
    expect(proof.found.violation).toEqual(proof.here.violation);
  });

  test('interleavings one by one, with and without a bound, up to a limit', async () => {
    const search = base;
    const { found, here } = await both(ring('ring-s'), { ...search, preemptions: 1 });
    expect(found).toMatchObject({ executions: here.executions, classes: here.classes, limit: undefined });
    const cut = await both(ring('ring-s'), search, { ...noLimits, executions: 5000 });
    expect(cut.found).toMatchObject({ executions: 5000, limit: { kind: 'executions', text: '5000 executions' } });
  });

  test('a scenario in memory has one thread', async () => {
    const { scenario } = await resolveScenario(ring('ring-s'));
    await expect(
      two.search(await resolveScenario(scenario), { ...base, scheduler: 'random-walk' }, noLimits),
    ).rejects.toThrow(/made in memory/);
  });
});
