import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type CampaignOptions, runCampaign } from '../../src/campaign/campaign.ts';
import { CampaignDirectory } from '../../src/campaign/directory/campaignDirectory.ts';
import { ThreadPoolExecutor } from '../../src/campaign/executors/threadPoolExecutor.ts';
import type { BaseScenario, Settings } from '../../src/campaign/settings.ts';
import { type Summary, summaryOf } from '../../src/campaign/summary.ts';
import { builtInNamed } from '../../src/scenario/builtinScenarios.ts';

/** A directory that is not there yet. */
export const somewhere = (): string => join(mkdtempSync(join(tmpdir(), 'gfnring-')), 'campaign');

export const builtIn = (name: string): BaseScenario => {
  const { spec, known } = builtInNamed(name)!;
  return { source: spec, ...(known && { known }) };
};

export const modulePath = (name: string): BaseScenario => ({
  source: { schema: 1, name, module: join(process.cwd(), `examples/${name}.mjs`) },
});

export const settings = (bases: readonly BaseScenario[], more: Partial<Settings> = {}): Settings => ({
  memoryModel: 'sc',
  tearing: false,
  stepsMax: 20_000,
  seed: 1,
  shard: { part: 1, of: 1 },
  feedback: true,
  bases,
  ...more,
});

const running = { workers: 1, executions: 4096, seconds: 60 };
type How = Partial<CampaignOptions & typeof running>;

/** By how many there are: threads that all campaigns of a file share, as it takes them some time to begin. */
const crews = new Map<number, ThreadPoolExecutor>();
function crewOf(workers: number): ThreadPoolExecutor {
  const crew = crews.get(workers) ?? new ThreadPoolExecutor(workers, 60);
  crews.set(workers, crew);
  return crew;
}
afterAll(async () => {
  for (const crew of crews.values()) await crew.close();
});

/** Runs a campaign on, and closes it. */
export async function run(store: CampaignDirectory, how: How = {}): Promise<Summary> {
  const { workers, ...rest } = { ...running, ...how };
  try {
    await runCampaign(store, crewOf(workers), rest);
    return await summaryOf(store);
  } finally {
    store.close();
  }
}

export const begin = (of: Settings, how: How = {}, directory = somewhere()): Promise<Summary> =>
  run(CampaignDirectory.create(directory, of), how);

/** A summary without what says where it lies. */
export function apart({ directory: _, ...summary }: Summary): unknown {
  return { ...summary, findings: summary.findings.map(({ file: _, ...finding }) => finding) };
}
