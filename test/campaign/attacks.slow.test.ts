import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeInto } from '../../src/campaign/corpus/mergeInto.ts';
import { CampaignDirectory } from '../../src/campaign/directory/campaignDirectory.ts';
import { readState } from '../../src/campaign/directory/eventLog.ts';
import { summariseCampaign } from '../../src/campaign/summary.ts';
import { readTimeSamples } from '../../src/campaign/timeSamples.ts';
import { CampaignClock } from '../../src/cli/campaignClock.ts';
import { isBadInput } from '../../src/input/badInput.ts';
import { renderCampaign } from '../../src/report/campaign.ts';
import { inputs } from '../input/mutations.ts';
import { type Attack, attacked, attacksOn, replacements } from './attacks.ts';
import { begin, builtIn, modulePath, run, settings, somewhere } from './campaigns.ts';

/** A campaign with a snapshot, a journal, a finding and few entries. */
const target = (async () => {
  const bases = [builtIn('dirty-again'), modulePath('lost-update')];
  const { directory } = await begin(settings(bases), { executions: 1024 });
  const campaign = CampaignDirectory.open(directory);
  campaign.writeSnapshot();
  await run(campaign, { executions: 1536 });
  return directory;
})();

/** Does something with an attacked campaign. It may end with one line, and touches nothing else. */
async function survive(attack: Attack, act: (directory: string) => unknown): Promise<void> {
  const { directory, surroundings, remove } = attacked(await target, attack);
  const before = surroundings();
  const start = performance.now();
  try {
    await act(directory);
  } catch (error) {
    if (!isBadInput(error)) throw error;
    expect(error.message).not.toContain('\n');
    for (const name of ['campaign.json', 'state.json', 'journal', 'findings/'])
      expect(error.message.split(join(directory, name)).length).toBeLessThanOrEqual(2);
  }
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(surroundings()).toEqual(before);
  remove();
}

const attackAll = async (count: number, act: (directory: string) => unknown): Promise<void> =>
  fc.assert(
    fc.asyncProperty(attacksOn(await target), (attack) => survive(attack, act)),
    { numRuns: inputs(count), endOnFailure: true },
  );

/** Opens a campaign, and writes all of its files. */
async function rewrite(directory: string): Promise<void> {
  const campaign = CampaignDirectory.open(directory);
  try {
    await summariseCampaign(campaign);
    new CampaignClock(directory, campaign.state).write();
    campaign.writeSnapshot();
    campaign.exportAll();
  } finally {
    campaign.close();
  }
}

test(
  'a directory of somebody else is opened and closed, or refused in one line',
  () => attackAll(20, rewrite),
  300_000,
);

test('links, FIFOs and folders in the place of its files are replaced or refused, and not followed', async () => {
  const attacks = replacements(await target).filter(({ name }) => !name.startsWith('corpus/'));
  for (const attack of attacks) await survive(attack, rewrite);
}, 300_000);

test('what is in the place of its state, or no finding, is named once', async () => {
  const attacks = replacements(await target).filter(({ name }) => name.startsWith('state.json'));
  const noFinding: Attack = { name: 'x', on: (victim) => writeFileSync(join(victim, 'findings', 'x.json'), 'x') };
  const into = CampaignDirectory.open(attacked(await target, { name: 'none', on: () => {} }).directory);
  for (const attack of [...attacks, noFinding]) await survive(attack, (directory) => mergeInto(into, [directory]));
  into.close();
});

test('whatever reads a campaign refuses a link in the place of a folder', async () => {
  const links = replacements(await target).filter(({ name }) => /^[a-z-]+ is a link$/.test(name));
  const folders = links.filter(({ name }) => /^(corpus|findings|set-aside) /.test(name));
  expect(folders).toHaveLength(3);
  const { directory: into, remove: removeTarget } = attacked(await target, { name: 'none', on: () => {} });
  const campaign = CampaignDirectory.open(into);
  for (const attack of folders) {
    const { directory, remove } = attacked(await target, attack);
    await expect(mergeInto(campaign, [directory])).rejects.toThrow(/is a symbolic link/);
    await expect(renderCampaign(directory, '')).rejects.toThrow(/is a symbolic link/);
    remove();
  }
  campaign.close();
  removeTarget();
});

test(
  'it is read for a report',
  () =>
    attackAll(10, async (directory) => {
      await summariseCampaign({ state: readState(directory), directory, quarantined: [] });
      readTimeSamples(directory);
    }),
  300_000,
);

test(
  'it is resumed',
  () => attackAll(5, (directory) => run(CampaignDirectory.open(directory), { executions: 2048, seconds: 5 })),
  300_000,
);

test('it is merged', async () => {
  const into = somewhere();
  cpSync(await target, into, { recursive: true });
  await attackAll(5, async (directory) => {
    const campaign = CampaignDirectory.open(into);
    try {
      await mergeInto(campaign, [directory]);
    } finally {
      campaign.close();
    }
  });
}, 300_000);
