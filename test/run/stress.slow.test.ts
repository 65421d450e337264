import { expect, test } from 'vitest';
import { resolveScenarioName } from '../../src/run/resolveScenarioName.ts';
import { stress } from '../../src/run/stress/stress.ts';

test('free-running threads: a violation at quiescence is found', async () => {
  const wrong = await stress(await resolveScenarioName('./test/run/alwaysWrong.mjs'), { seconds: 60, runs: 5 });
  expect(wrong).toMatchObject({
    outcome: 'violated',
    findings: [{ property: 'x is 3', message: 'x is 2', run: 0 }],
  });
});

test('free-running threads: the histories of the ring are linearizable', async () => {
  const { outcome, runs, histories } = await stress(await resolveScenarioName('ring'), { seconds: 60, runs: 5 });
  expect([outcome, runs, histories.ok]).toEqual(['limit', 5, 5]);
});
