import { describe, expect, test } from 'vitest';
import { misfits } from '../../selftest/fits.ts';
import { type Canary, isExpected, patchOf } from '../../selftest/subjects/canary.ts';
import { canaries } from '../../selftest/subjects/index.ts';
import { Trial } from '../../selftest/subjects/trial.ts';
import type { Answer, Ask } from '../../selftest/subjects/trialProcess.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { parseScenarioRef } from '../../src/run/parseScenarioRef.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { findBuiltIn } from '../../src/scenario/builtinScenarios.ts';
import { openScenario, type ScenarioRef } from '../../src/scenario/scenarioRef.ts';
import { searchSpec } from '../searches.ts';

/**
 * The quick part of `npm run canaries`: every patch fits, and the first canary of every fifth
 * module is caught. If GFNRING_LONG is set, all are caught. Those that need weak memory are not
 * caught without it, and their own scenarios pass without the bug.
 */
const isLong = process.env.GFNRING_LONG !== undefined;
const moduleOf = ({ edits }: Canary): string => edits[0].file;
const firstOfModules = canaries.filter(
  (canary) => canaries.find((other) => moduleOf(other) === moduleOf(canary)) === canary,
);
const chosen = isLong ? canaries : firstOfModules.filter((_, i) => i % 5 === 0);

test('every seeded bug fits the compiled code', () => {
  expect(misfits()).toEqual([]);
});

test('each canary has a unique name, a source and a scenario', () => {
  expect(canaries.length).toBeGreaterThanOrEqual(60);
  expect(new Set(canaries.map(({ name }) => name)).size).toBe(canaries.length);
  const specs = canaries
    .filter(({ scenario }) => typeof scenario !== 'string')
    .map(({ scenario }) => JSON.stringify(scenario));
  expect(new Set(specs.map((spec) => JSON.parse(spec).name)).size).toBe(new Set(specs).size);
  for (const { name, source, scenario, edits, expectedBy } of canaries) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect([source.length > 6, edits.length > 0, expectedBy.length > 0]).toEqual([true, true, true]);
    if (typeof scenario === 'string') expect([scenario, findBuiltIn(scenario)?.known]).toEqual([scenario, undefined]);
    else expect(parseScenarioRef(JSON.parse(JSON.stringify(scenario)), 'canary')).toEqual(scenario);
  }
});

const own = canaries.filter(
  (canary): canary is Canary & { scenario: ScenarioRef } => typeof canary.scenario !== 'string',
);
const scenarios = new Map(own.map((canary) => [`${canary.scenario.name} under ${canary.memoryModel}`, canary]));

/** Some of these searches reach the time limit. */
test.runIf(isLong).each([...scenarios])(
  'nothing is found in %s without a canary',
  async (_, { scenario, memoryModel }) => {
    const limits = { ...noLimits, seconds: 10 };
    const { violation } = searchHere(await openScenario(scenario), searchSpec({ memoryModel }), limits);
    expect(violation).toBeUndefined();
  },
);

const found = async (
  canary: Canary,
  search: Pick<Ask, 'scheduler' | 'reduction' | 'memoryModel'>,
  executions: number | null = null,
): Promise<Answer> => {
  const trial = new Trial(patchOf(canary));
  try {
    return await trial.ask({
      ...{ scenario: canary.scenario, tearing: false, seed: 1, seconds: 20, executions, minimiseSeconds: 0 },
      ...search,
    });
  } finally {
    trial.close();
  }
};

describe.concurrent('is caught', () => {
  test.each(chosen)('$name', async (canary) => {
    const { memoryModel } = canary;
    const { finding } = await found(canary, { scheduler: 'portfolio', reduction: 'none', memoryModel });
    expect([finding?.property, finding !== null && isExpected(canary, finding.property)]).toEqual([
      expect.anything(),
      true,
    ]);
  });
});

describe.concurrent('is caught at a step, where no monitor sees the order of all steps', () => {
  // Of each tracker, one that results and final states do not show.
  const hidden = ['private-prod-after-the-shared-one', 'list-fetch-read-twice', 'extra-page', 'page-log-reversed'];
  const runs = hidden.flatMap((name) => (['tso', 'rc11'] as const).map((model) => [name, model] as const));
  test.each(runs)('%s under %s', async (name, memoryModel) => {
    const canary = canaries.find((one) => one.name === name)!;
    const { finding } = await found(canary, { scheduler: 'portfolio', reduction: 'none', memoryModel });
    expect([finding?.property, finding !== null && isExpected(canary, finding.property)]).toEqual([
      expect.anything(),
      true,
    ]);
  });
});

describe.runIf(isLong).concurrent('needs weak memory', () => {
  test.each(canaries.filter(({ memoryModel }) => memoryModel === 'rc11'))('$name', async (canary) => {
    const { finding } = await found(canary, { scheduler: 'exhaustive', reduction: 'states', memoryModel: 'tso' });
    // On x86 all is well; but a compiler may reorder plain accesses.
    expect(finding?.property ?? 'no data race').toBe('no data race');
  });
});

describe.runIf(isLong).concurrent('the scaffold alone is clean', () => {
  test.each(canaries.filter(({ scaffold }) => scaffold.length > 0))('$name', async (canary) => {
    const { memoryModel } = canary;
    const bare = { ...canary, edits: [] };
    expect((await found(bare, { scheduler: 'exhaustive', reduction: 'states', memoryModel })).finding).toBeNull();
    expect((await found(bare, { scheduler: 'pct', reduction: 'none', memoryModel }, 500)).finding).toBeNull();
  });
});
