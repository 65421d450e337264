import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkSettings } from '../../src/cli/checkScenario.ts';
import type { MemoryModelName } from '../../src/explore/memoryModels/registry.ts';
import { parseSchedule } from '../../src/explore/schedule.ts';
import { createRun } from '../../src/run/createRun.ts';
import { exploreScenario } from '../../src/run/exploreScenario.ts';
import { replay } from '../../src/run/replay.ts';
import { checkedScenarios, scenariosOf } from '../../src/scenario/builtinScenarios.ts';
import { knownAs, knownDefects } from '../../src/scenario/knownDefects.ts';
import { openScenario } from '../../src/scenario/scenarioRef.ts';
import { trackerNames } from '../../src/trackers/registry.ts';
import { LOST } from '../../src/trackers/scenarios/trackerScenario.ts';
import type { BuiltInScenario } from '../../src/vm/builtInScenario.ts';

/**
 * The table of docs/trackers.md is the expected result: number, scenario, tracker, memory model.
 */
const table = [
  ...readFileSync('docs/trackers.md', 'utf8').matchAll(/^\| ([A-Z]\d+) \| (.*?) \| (.*?) \| (.*?) \| .*? \|$/gm),
];
const expected = table.flatMap(([, number, , scenario, trackers]) =>
  trackers.split(', ').map((found) => {
    const [tracker, memoryModel = 'sc'] = found.split(' under ');
    return { number, name: `${tracker}/${scenario}`, tracker, memoryModel: memoryModel as MemoryModelName };
  }),
);
/** docs/findings.md: number, trackers, context switches, scenario, memory model. */
const told = [
  ...readFileSync('docs/findings.md', 'utf8').matchAll(
    /^\| ([A-Z]\d+) \| .* \| (.*) \| (\d+) \| `npx gfnring explore (\S+) --scheduler exhaustive(?: --memory-model (\S+))?` \|$/gm,
  ),
].map(([, number, found, switches, name, memoryModel = 'sc']) => ({ number, found, switches, name, memoryModel }));
const toldOf = (name: string, memoryModel: MemoryModelName) =>
  told.find((row) => row.name === name && row.memoryModel === memoryModel);
const isLong = process.env.GFNRING_LONG !== undefined;
const named = ({ spec }: BuiltInScenario): string => spec.name;
const checkOf = (scenario: BuiltInScenario, memoryModel: MemoryModelName) =>
  exploreScenario(scenario.spec, {
    ...checkSettings(scenario, { memoryModel, tearing: false, seed: 1, seconds: 60, memory: 2048 }),
    // The number in docs/findings.md must be the minimum.
    minimiseSeconds: toldOf(named(scenario), memoryModel) === undefined ? 2 : 30,
    directory: null,
  });

/**
 * Scenarios that end in a finding are run on each tracker that has it. The repaired merged ring
 * runs those in which another version fails. Of the bitmap and the list, all that can be proved are
 * run; several VMs side by side only with the bitmap, as what they add does not depend on the
 * tracker. `npm start` runs all of the mail's ring. With GFNRING_LONG set, everything is run here.
 */
const elsewhere: readonly string[] = ['gfn-ring'];
const askedOf = (tracker: string): readonly BuiltInScenario[] =>
  scenariosOf(tracker).filter(({ spec, mode }) => {
    if (isLong || expected.some(({ name }) => name === spec.name)) return true;
    if (tracker === 'dirty-ring@repaired')
      return expected.some(
        ({ name }) => name.startsWith('dirty-ring@') && name.endsWith(spec.name.slice(tracker.length)),
      );
    return !tracker.startsWith('dirty-ring@') && mode === 'prove' && (tracker === 'dirty-bitmap' || !('vms' in spec));
  });

test('the table has every number of the catalogue, by its title, and names scenarios that are there', () => {
  const titles = new Map(table.map(([, number, title]) => [number, title]));
  expect([...titles].sort()).toEqual(Object.entries(knownDefects).sort());
  const names = trackerNames.flatMap(scenariosOf).map(named);
  expect(expected.filter(({ name }) => !names.includes(name))).toEqual([]);
});

test('docs/findings.md has every number, found in what the table says', () => {
  expect(new Set(told.map(({ number }) => number))).toEqual(new Set(Object.keys(knownDefects)));
  for (const { number, name } of told) {
    const rows = table.filter(([, other, , scenario]) => other === number && scenario === name.split('/')[1]);
    // Versions that fail in different ways have a row each.
    const said = told.filter((row) => row.number === number).map(({ found }) => found);
    expect([name, rows.map((row) => row[4].replaceAll('dirty-ring@', ''))]).toEqual([name, [said.join(', ')]]);
  }
});

test('the README shows findings of that table, as of the versions that it has', () => {
  const rows = [
    ...readFileSync('README.md', 'utf8').matchAll(/^\| \*\*([A-Z]\d+)\*\* .*? \| (.*?) \| `(\S+)\/(\S+)` \|$/gm),
  ];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, number, where, tracker, scenario] of rows) {
    const trackers = expected.filter((one) => one.number === number && one.name.endsWith(`/${scenario}`));
    const versions = trackers.map((one) => one.tracker.replace('dirty-ring@', ''));
    expect([number, versions]).toEqual([number, expect.arrayContaining([tracker.replace('dirty-ring@', '')])]);
    if (tracker.startsWith('dirty-ring@'))
      expect([number, where.replace('merged ring, ', '').split(/ to | and /)]).toEqual([
        number,
        where.includes(' to ') ? [versions[0], versions.at(-1)] : versions,
      ]);
  }
});

test("as many scenarios of the mail's ring are searched as the README says", () => {
  expect(checkedScenarios('gfn-ring').filter(({ mode }) => mode === 'sample')).toHaveLength(3);
  expect(readFileSync('README.md', 'utf8').replaceAll('\n', ' ')).toContain('searches the three that are too long');
});

describe.each(trackerNames.filter((name) => isLong || !elsewhere.includes(name)))('%s', (tracker: string) => {
  test.each(askedOf(tracker).map((scenario) => [named(scenario), scenario] as const))('%s', async (name, scenario) => {
    const due = expected.find((one) => one.name === name && one.memoryModel === 'sc');
    const report = await checkOf(scenario, 'sc');
    const [finding] = report.findings;
    expect([finding && knownAs(finding, scenario.known), report.limit]).toEqual([
      due?.number,
      due === undefined && scenario.mode === 'sample' ? '4000 executions' : null,
    ]);
    if (finding === undefined) return;
    const shown = toldOf(name, 'sc');
    if (shown) expect([due?.number, `${finding.contextSwitches}`]).toEqual([shown.number, shown.switches]);
    // The finding is minimised and replays.
    expect(finding.contextSwitches).toBeLessThanOrEqual(6);
    const run = createRun(await openScenario(finding.scenario), 100_000);
    expect(replay(run, parseSchedule(finding.schedule)!, name)).toMatchObject({ property: finding.property });
  });
});

test.each(expected.filter(({ memoryModel }) => memoryModel !== 'sc'))(
  '$number in $name under $memoryModel',
  async ({ number, name, tracker, memoryModel }) => {
    const scenario = scenariosOf(tracker as string).find((one) => named(one) === name)!;
    const { findings } = await checkOf(scenario, memoryModel);
    expect(findings.map((finding) => knownAs(finding, scenario.known))).toEqual([number]);
    const shown = toldOf(name, memoryModel);
    expect(shown?.switches).toBe(shown && `${findings[0].contextSwitches}`);
  },
);

test('in a scenario that is known for a defect, another property is no part of it', () => {
  const known = [{ catalogue: 'B19', properties: LOST }] as const;
  expect(knownAs({ property: 'no dirty page is ever lost' }, known)).toBe('B19');
  expect(knownAs({ property: 'L4 no deadlock' }, known)).toBeNull();
  expect(knownAs({ property: 'no dirty page is ever lost' }, undefined)).toBeNull();
});
