import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryCoverage } from '../../src/campaign/corpus/entryCoverage.ts';
import { mergeInto } from '../../src/campaign/corpus/mergeInto.ts';
import { minimiseCorpus } from '../../src/campaign/corpus/minimiseCorpus.ts';
import { CampaignCoverage } from '../../src/campaign/coverage/campaignCoverage.ts';
import { CampaignDirectory } from '../../src/campaign/directory/campaignDirectory.ts';
import { readState } from '../../src/campaign/directory/eventLog.ts';
import { summariseCampaign } from '../../src/campaign/summary.ts';
import { begin, builtIn, modulePath, run, settings, somewhere } from './campaigns.ts';

const bases = [builtIn('ring'), modulePath('lost-update')];
const shards = Promise.all(
  [1, 2].map((part) => begin(settings(bases, { shard: { part, of: 2 } }), { executions: 1024 })),
);

/** What the entries of a corpus cover, as text. */
async function coverageOf(directory: string): Promise<string> {
  const coverage = new CampaignCoverage();
  for (const { entry } of readState(directory).corpus.seeds) coverage.add(await entryCoverage(entry), entry.base);
  return JSON.stringify(coverage);
}

/** Copies of both shards. The originals must not change. */
async function copies(): Promise<string[]> {
  return (await shards).map(({ directory }) => {
    const copy = somewhere();
    cpSync(directory, copy, { recursive: true });
    return copy;
  });
}

describe('shards', () => {
  test('merged contain the executions, coverage and findings of each, once', async () => {
    const [a, b] = await copies();
    const before = await Promise.all([a, b].map(coverageOf));
    const campaign = CampaignDirectory.open(a);
    await mergeInto(campaign, [b]);
    const once = await summariseCampaign(campaign);
    await mergeInto(campaign, [b]);
    const twice = await summariseCampaign(campaign);
    campaign.close();
    expect({ ...twice }).toEqual({ ...once });
    expect(once).toMatchObject({ executions: 2048, batches: 4, findings: [{ property: 'no addition is lost' }] });
    const [one, other] = await shards;
    for (const [i, { classes }] of once.scenarios.entries()) {
      expect(classes).toBeGreaterThanOrEqual(Math.max(one.scenarios[i].classes, other.scenarios[i].classes));
      expect(classes).toBeLessThanOrEqual(one.scenarios[i].classes + other.scenarios[i].classes);
    }
    const merged = new CampaignCoverage();
    for (const text of before) merged.merge(JSON.parse(text));
    expect(await coverageOf(a)).toBe(JSON.stringify(merged));
    expect(readdirSync(join(a, 'findings'))).toHaveLength(1);
  });

  test('merged again, or through an older merge, give the same result', async () => {
    const [a, b] = await copies();
    const [old, c] = [somewhere(), somewhere()];
    cpSync(b, old, { recursive: true });
    const third = await begin(settings(bases, { shard: { part: 1, of: 3 } }), { executions: 512 }, c);
    const between = CampaignDirectory.open(c);
    between.state.findings.addSurplus({ key: '0123456789', property: 'no addition is lost' });
    await mergeInto(between, [old]);
    between.close();
    await run(CampaignDirectory.open(b), { executions: 2048 });
    const campaign = CampaignDirectory.open(a);
    await mergeInto(campaign, [b, c]);
    await mergeInto(campaign, [c]);
    const { executions, surplus } = await summariseCampaign(campaign);
    campaign.close();
    expect([executions, surplus]).toEqual([1024 + 2048 + third.executions, { 'no addition is lost': 1 }]);
  });

  test('continue after a merge', async () => {
    const [a, b] = await copies();
    const campaign = CampaignDirectory.open(a);
    await mergeInto(campaign, [b]);
    campaign.close();
    expect(await run(CampaignDirectory.open(a), { executions: 1536 })).toMatchObject({ executions: 2560 });
  });

  test('of other scenarios are rejected, and so is a directory without a campaign', async () => {
    const [a] = await copies();
    const other = await begin(settings([builtIn('ring')]), { executions: 512 });
    const campaign = CampaignDirectory.open(a);
    await expect(mergeInto(campaign, [other.directory])).rejects.toThrow('is a campaign of other scenarios');
    await expect(mergeInto(campaign, [join(a, 'corpus')])).rejects.toThrow('is no campaign');
    campaign.close();
  });
});

test('a minimised corpus has the same coverage, and minimising it again changes nothing', async () => {
  const [a] = await copies();
  const before = await coverageOf(a);
  const campaign = CampaignDirectory.open(a);
  const change = await minimiseCorpus(campaign);
  campaign.close();
  expect(change.after).toBeLessThan(change.before);
  expect(await coverageOf(a)).toBe(before);
  expect(readdirSync(join(a, 'corpus'))).toHaveLength(change.after);
  CampaignDirectory.open(a).close();
  expect(readdirSync(join(a, 'corpus'))).toHaveLength(change.after);
});
