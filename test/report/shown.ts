import { parseSchedule } from '../../src/explore/schedule.ts';
import type { InterleavingData } from '../../src/report/data.ts';
import { interleavingOf } from '../../src/report/interleaving.ts';
import { type ExploreReport, exploreScenario } from '../../src/scenario/explore.ts';
import { loadSource } from '../../src/scenario/load.ts';
import { type Machine, plainMachine } from '../../src/scenario/run.ts';
import type { Source } from '../../src/scenario/source.ts';

/** The first finding of a search of all states. */
export async function found(name: string, machine: Partial<Machine> = {}): Promise<ExploreReport['findings'][number]> {
  const { findings } = await exploreScenario(await loadSource(name), {
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
export async function shown(name: string, machine: Partial<Machine> = {}): Promise<InterleavingData> {
  const { scenario, schedule, memoryModel, tearing } = await found(name, machine);
  return ofSchedule(scenario, schedule, { memoryModel, tearing });
}

export const ofSchedule = (
  source: Source,
  schedule: string,
  machine: Machine = plainMachine,
): Promise<InterleavingData> =>
  interleavingOf(
    { source, order: parseSchedule(schedule)!, machine, canary: undefined, expected: null, commands: [] },
    source.name,
  );
