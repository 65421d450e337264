import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type CampaignOptions, runCampaign } from '../../src/campaign/campaign.ts';
import { CampaignDirectory } from '../../src/campaign/directory/campaignDirectory.ts';
import { ThreadPoolExecutor } from '../../src/campaign/executors/threadPoolExecutor.ts';
import type { BaseScenario, CampaignSettings } from '../../src/campaign/settings.ts';
import { type CampaignSummary, summariseCampaign } from '../../src/campaign/summary.ts';
import { findBuiltIn } from '../../src/scenario/builtinScenarios.ts';
import { emptyFolder } from '../commandLine.ts';

/** A path in a fresh folder. Nothing is there. */
export const somewhere = (): string => join(emptyFolder(), 'campaign');

export const builtIn = (name: string): BaseScenario => {
  const { spec, known } = findBuiltIn(name)!;
  return { source: spec, ...(known && { known }) };
};

export const modulePath = (name: string): BaseScenario => ({
  source: { schema: 1, name, module: join(process.cwd(), `examples/${name}.mjs`) },
});

export const settings = (bases: readonly BaseScenario[], more: Partial<CampaignSettings> = {}): CampaignSettings => ({
  memoryModel: 'sc',
  tearing: false,
  stepsMax: 20_000,
  seed: 1,
  shard: { part: 1, of: 1 },
  feedback: true,
  bases,
  ...more,
});

const defaults = { workers: 1, executions: 4096, seconds: 60 };
type RunOptions = Partial<CampaignOptions & typeof defaults>;

/** By number of workers. All campaigns of a test file share them, because threads start slowly. */
const executors = new Map<number, ThreadPoolExecutor>();
function executorOf(workers: number): ThreadPoolExecutor {
  const executor = executors.get(workers) ?? new ThreadPoolExecutor(workers, 60);
  executors.set(workers, executor);
  return executor;
}
afterAll(async () => {
  for (const executor of executors.values()) await executor.close();
});

/** Resumes a campaign and closes it. */
export async function run(campaign: CampaignDirectory, options: RunOptions = {}): Promise<CampaignSummary> {
  const { workers, ...rest } = { ...defaults, ...options };
  try {
    await runCampaign(campaign, executorOf(workers), rest);
    return await summariseCampaign(campaign);
  } finally {
    campaign.close();
  }
}

export const begin = (
  of: CampaignSettings,
  options: RunOptions = {},
  directory = somewhere(),
): Promise<CampaignSummary> => run(CampaignDirectory.create(directory, of), options);

/** A summary without the paths of its directory. */
export function apart({ directory: _, ...summary }: CampaignSummary): unknown {
  return { ...summary, findings: summary.findings.map(({ file: _, ...finding }) => finding) };
}
