import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CampaignDirectory } from '../../src/campaign/directory/campaignDirectory.ts';
import { run, somewhere } from './campaigns.ts';
import { halfway, twoScenarios, whole } from './halfway.ts';

describe('a directory', () => {
  test('that is not of a campaign is rejected', () => {
    const nowhere = somewhere();
    expect(() => CampaignDirectory.open(nowhere)).toThrow(`${nowhere} is no campaign: there is no such directory`);
    mkdirSync(nowhere);
    expect(() => CampaignDirectory.open(nowhere)).toThrow('it has no campaign.json');
    writeFileSync(join(nowhere, 'notes.txt'), 'mine');
    expect(() => CampaignDirectory.create(nowhere, twoScenarios)).toThrow('is not empty, and no campaign');
    expect(() => CampaignDirectory.create(join(nowhere, 'notes.txt'), twoScenarios)).toThrow('is no directory');
    expect(existsSync(join(nowhere, 'campaign.json'))).toBe(false);
  });

  test('that is deleted or renamed ends the campaign', async () => {
    const directory = await halfway();
    const campaign = CampaignDirectory.open(directory);
    renameSync(directory, `${directory} moved`);
    await expect(run(campaign, whole)).rejects.toThrow(`${join(directory, 'journal')} has gone`);
    expect(existsSync(directory)).toBe(false);
    expect((await run(CampaignDirectory.open(`${directory} moved`), { executions: 1024 })).executions).toBe(1024);
  });

  test('that cannot be written is rejected, and so is one whose lock is a link', async () => {
    expect(() => CampaignDirectory.create(join(somewhere(), 'n'.repeat(300)), twoScenarios)).toThrow(
      /^cannot write to .*: ENAMETOOLONG$/,
    );
    const directory = await halfway();
    symlinkSync('nowhere', join(directory, 'lock'));
    expect(() => CampaignDirectory.open(directory)).toThrow(`${directory}/lock: it is a symbolic link`);
  });

  test('with a campaign is not started again, and one of a newer version is not resumed', async () => {
    const directory = await halfway();
    expect(() => CampaignDirectory.create(directory, twoScenarios)).toThrow(
      'has a campaign already: --resume continues it',
    );
    const file = join(directory, 'campaign.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"schema": 5', '"schema": 6'));
    expect(() => CampaignDirectory.open(directory)).toThrow('written by a newer gfnring: this gfnring reads 5');
    writeFileSync(file, text.replace('"seed": 1', '"seed": "one"'));
    expect(() => CampaignDirectory.open(directory)).toThrow('campaign.json.seed is "one"');
    writeFileSync(file, text.slice(0, 40));
    expect(() => CampaignDirectory.open(directory)).toThrow('is no JSON');
  });

  test('that another process uses is rejected, unless that process has ended', async () => {
    const directory = await halfway();
    writeFileSync(join(directory, 'lock'), `${process.ppid}`);
    expect(() => CampaignDirectory.open(directory)).toThrow(`is being run by process ${process.ppid}`);
    for (const gone of ['999999999', `${process.ppid} 1`]) {
      writeFileSync(join(directory, 'lock'), gone);
      CampaignDirectory.open(directory).close();
    }
  });
});
