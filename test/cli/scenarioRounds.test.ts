import { describe, expect, test } from 'vitest';
import { checkSettings } from '../../src/cli/checkScenario.ts';
import { exploreInRounds } from '../../src/cli/scenarioRounds.ts';
import { KERNEL_RULE } from '../../src/kvm/kernelRules.ts';
import { findBuiltIn } from '../../src/scenario/builtinScenarios.ts';
import { DIRTY_RING_RULE } from '../../src/trackers/dirtyRing/rules/dirtyRingState.ts';
import { LOST } from '../../src/trackers/scenarios/trackerScenario.ts';

const OPTIONS = { memoryModel: 'sc', tearing: false, seed: 1, seconds: 60, memory: 500 } as const;

function explore(name: string, expectation: Partial<Parameters<typeof exploreInRounds>[2]> = {}) {
  const scenario = findBuiltIn(name)!;
  const settings = { ...checkSettings(scenario, OPTIONS), directory: null };
  return exploreInRounds(scenario.spec, settings, { conformance: [], ignored: [], ...expectation });
}

describe('a scenario is explored until nothing new is found', () => {
  test('the last round is a proof without the properties that were found violated', async () => {
    const { rounds, findings, differences } = await explore('dirty-ring@6.17/two-resetters');
    expect(findings.map(({ property }) => LOST.includes(property))).toEqual([true]);
    expect(differences).toEqual([]);
    expect(rounds.map(({ report, ignored }) => [report.exhausted, ignored])).toEqual([
      [false, []],
      [true, LOST],
    ]);
  });

  test('a property of another kind is found behind the first', async () => {
    const { findings } = await explore('dirty-ring@6.12/endless-reset');
    expect(findings.map(({ property }) => property)).toEqual(
      expect.arrayContaining([DIRTY_RING_RULE.G2_BOUNDED, DIRTY_RING_RULE.F3_NOT_OVERTAKEN]),
    );
  });

  test('an ignored property is not checked, and its finding is replayed without it', async () => {
    const { rounds, findings } = await explore('dirty-ring@6.12/endless-reset', {
      ignored: [DIRTY_RING_RULE.G2_BOUNDED],
    });
    expect(findings.map(({ property }) => property)).toEqual([DIRTY_RING_RULE.F3_NOT_OVERTAKEN]);
    expect(rounds[0].ignored).toEqual([DIRTY_RING_RULE.G2_BOUNDED]);
    expect(findings[0].scenario).toMatchObject({ ignores: [DIRTY_RING_RULE.G2_BOUNDED] });
  });

  test('what code checks itself cannot be ignored, and is found once', async () => {
    const ignored = [KERNEL_RULE.G4_NO_CRASH];
    const { rounds, findings } = await explore('dirty-ring@5.11/host-write', { ignored });
    expect([rounds.length, findings.map(({ property }) => property)]).toEqual([1, ignored]);
  });

  test('a violation of conformance is a difference, and what else is wrong is found behind it', async () => {
    const { rounds, findings, differences } = await explore('dirty-ring@6.17/two-resetters', { conformance: LOST });
    expect(findings).toEqual([]);
    expect(differences.map(({ property }) => LOST.includes(property))).toEqual([true]);
    expect(rounds.at(-1)!.report.exhausted).toBe(true);
  });
});
