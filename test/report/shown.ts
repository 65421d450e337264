import { parseSchedule } from '../../src/explore/schedule.ts';
import type { InterleavingData } from '../../src/report/data.ts';
import { interleavingOf } from '../../src/report/interleaving.ts';
import { type MemoryConfig, plainMachine } from '../../src/run/createRun.ts';
import { type ExploreReport, exploreScenario } from '../../src/run/exploreScenario.ts';
import { resolveScenarioName } from '../../src/run/resolveScenarioName.ts';
import type { ScenarioRef } from '../../src/scenario/scenarioRef.ts';

/** The first finding of a search of all states. */
export async function found(
  name: string,
  machine: Partial<MemoryConfig> = {},
): Promise<ExploreReport['findings'][number]> {
  const { findings } = await exploreScenario(await resolveScenarioName(name), {
    ...plainMachine,
    ...machine,
    scheduler: 'exhaustive',
    reduction: 'states',
    workers: 1,
    depth: 3,
    seed: 1,
    limits: { executions: Infinity, seconds: 60, bytes: 2 ** 31 },
    stepsMax: 10_000,
    minimiseSeconds: 5,
    directory: null,
  });
  return findings[0];
}

/** What a page of it is made of. */
export async function shown(name: string, machine: Partial<MemoryConfig> = {}): Promise<InterleavingData> {
  const { scenario, schedule, memoryModel, tearing } = await found(name, machine);
  return ofSchedule(scenario, schedule, { memoryModel, tearing });
}

export const ofSchedule = (
  source: ScenarioRef,
  schedule: string,
  machine: MemoryConfig = plainMachine,
): Promise<InterleavingData> =>
  interleavingOf(
    { source, order: parseSchedule(schedule)!, machine, canary: undefined, expected: null, commands: [] },
    source.name,
  );
