import { expect, test, vi } from 'vitest';
import { runCampaign } from '../../src/campaign/campaign.ts';
import { CampaignDirectory } from '../../src/campaign/directory/campaignDirectory.ts';
import { Executor, type TaskAnswer } from '../../src/campaign/executors/executor.ts';
import { builtIn, settings, somewhere } from './campaigns.ts';

/** Its tasks end at once without a result, as they do when the time is over. */
class EndedExecutor extends Executor {
  readonly capacity = 2;
  readonly died = 0;
  readonly hung = 0;
  async answerTo(): Promise<TaskAnswer> {
    return { kind: 'time over', message: 'late' };
  }
  async close(): Promise<void> {}
}

test('a campaign ends also where a timer fires before the time is over', async () => {
  const { setTimeout } = globalThis;
  const early = vi
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation(((run: () => void, ms: number) => setTimeout(run, Math.max(0, ms - 50))) as typeof setTimeout);
  const campaign = CampaignDirectory.create(somewhere(), settings([builtIn('ring')]));
  try {
    const { by } = await runCampaign(campaign, new EndedExecutor(), { executions: 1_000_000, seconds: 0.2 });
    expect(by).toBe('seconds');
  } finally {
    early.mockRestore();
    campaign.close();
  }
}, 5000);
