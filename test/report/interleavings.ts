import { parseSchedule } from '../../src/explore/schedule.ts';
import type { InterleavingData } from '../../src/report/data.ts';
import { renderInterleaving } from '../../src/report/interleaving.ts';
import { type MemoryConfig, scMemory } from '../../src/run/createRun.ts';
import type { ExploreReport } from '../../src/run/exploreReport.ts';
import { exploreScenario } from '../../src/run/exploreScenario.ts';
import { resolveScenarioName } from '../../src/run/resolveScenarioName.ts';
import type { ScenarioRef } from '../../src/scenario/scenarioRef.ts';
import { exploreOptions } from '../searches.ts';

/** The first finding of a search of all states. */
export async function findFirst(
  name: string,
  machine: Partial<MemoryConfig> = {},
): Promise<ExploreReport['findings'][number]> {
  const options = exploreOptions({ ...machine, minimiseSeconds: 5 });
  const { findings } = await exploreScenario(await resolveScenarioName(name), options);
  return findings[0];
}

/** The data of the page of the first finding. */
export async function interleavingOfFinding(
  name: string,
  machine: Partial<MemoryConfig> = {},
): Promise<InterleavingData> {
  const { scenario, schedule, memoryModel, tearing } = await findFirst(name, machine);
  return interleavingOfSchedule(scenario, schedule, { memoryModel, tearing });
}

export const interleavingOfSchedule = (
  source: ScenarioRef,
  schedule: string,
  machine: MemoryConfig = scMemory,
): Promise<InterleavingData> =>
  renderInterleaving(
    { source, order: parseSchedule(schedule)!, machine, canary: undefined, expected: null, commands: [] },
    source.name,
  );
