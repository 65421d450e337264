import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeInto } from '../../src/campaign/corpus/mergeInto.ts';
import { CampaignDirectory } from '../../src/campaign/directory/campaignDirectory.ts';
import { parseEntry, parseSettings } from '../../src/campaign/parse.ts';
import { summariseCampaign } from '../../src/campaign/summary.ts';
import { isBadInput } from '../../src/input/badInput.ts';
import { withChecksum } from '../../src/input/checksum.ts';
import { parseFinding } from '../../src/run/parseScenarioRef.ts';
import { damagesOf, inputs, mutationsOf } from '../input/mutations.ts';
import { run, somewhere } from './campaigns.ts';
import { halfway } from './halfway.ts';

const documents = halfway().then((directory) => {
  const first = (folder: string): string => join(directory, folder, readdirSync(join(directory, folder))[0]);
  return [
    ['a finding', first('findings'), parseFinding],
    ['a corpus entry', first('corpus'), parseEntry],
    ['the settings of a campaign', join(directory, 'campaign.json'), parseSettings],
  ] as const;
});

/** Where a document comes from is no part of its content. */
const withoutOrigin = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value, origin: undefined } : value;

/** Throws unless a reader accepts the original alone, and rejects all else in one line. */
function expectRejection(read: (value: unknown, file: string) => unknown, value: unknown, original: unknown): void {
  if (isDeepStrictEqual(withoutOrigin(value), withoutOrigin(original))) return;
  try {
    read(value, 'it');
  } catch (error) {
    if (!isBadInput(error)) throw error;
    expect(error.message).not.toContain('\n');
    return;
  }
  expect.fail(`accepted: ${JSON.stringify(value)}`);
}

describe('a changed document is reported in one line, and never passes', () => {
  test.each([0, 1, 2])('document %i', async (index) => {
    const [, file, read] = (await documents)[index];
    const text = readFileSync(file);
    const original = JSON.parse(text.toString());
    read(original, 'it');
    fc.assert(
      fc.property(mutationsOf(original), (value) => expectRejection(read, value, original)),
      { numRuns: inputs(300) },
    );
    const damaged = fc.property(damagesOf(text), (bytes) => {
      let value: unknown;
      try {
        value = JSON.parse(bytes.toString());
      } catch {
        return;
      }
      expectRejection(read, value, original);
    });
    fc.assert(damaged, { numRuns: inputs(300) });
  });

  test('white space and the order of fields are no change', async () => {
    for (const [, file, read] of await documents) {
      const fields = Object.entries(JSON.parse(readFileSync(file, 'utf8')));
      read(Object.fromEntries(fields.reverse()), file);
    }
  });

  test('one of an older version is rejected by its version', async () => {
    for (const [, file, read] of await documents) {
      const { checksum: _, ...old } = JSON.parse(readFileSync(file, 'utf8'));
      expect(() => read({ ...old, schema: 1 }, 'it')).toThrow(/^it\.schema is 1.*: this gfnring reads \d$/);
    }
  });
});

/** A campaign with a finding that its state does not have. */
async function withStray(): Promise<{ directory: string; finding: string }> {
  const [directory, other] = [await halfway(), await halfway()];
  const [name] = readdirSync(join(directory, 'findings'));
  const stray = 'from_elsewhere-0123456789.json';
  const { checksum: _, ...json } = JSON.parse(readFileSync(join(other, 'findings', name), 'utf8'));
  const document = withChecksum({ ...json, message: 'another', campaign: { ...json.campaign, key: '0123456789' } });
  writeFileSync(join(directory, 'findings', stray), JSON.stringify(document));
  return { directory, finding: join(directory, 'findings', stray) };
}

describe('files of the folder findings count', () => {
  test('if the state does not have them', async () => {
    const { directory, finding } = await withStray();
    const campaign = CampaignDirectory.open(directory);
    const { findings, outcome, unreadable } = await summariseCampaign(campaign);
    campaign.close();
    expect([findings.map(({ file }) => file).includes(finding), findings.length]).toEqual([true, 2]);
    expect([outcome, unreadable]).toEqual(['violated', []]);
  });

  test.each(['state.json', 'journal'])('if %s is damaged', async (name) => {
    const directory = await halfway();
    writeFileSync(join(directory, name), 'damaged');
    const summary = await run(CampaignDirectory.open(directory), { executions: 0 });
    expect(summary).toMatchObject({
      outcome: 'violated',
      executions: 0,
      findings: [{ property: 'no addition is lost' }],
    });
  });

  test('if they cannot be read', async () => {
    const { directory, finding } = await withStray();
    writeFileSync(finding, readFileSync(finding, 'utf8').replace('another', 'one more'));
    const campaign = CampaignDirectory.open(directory);
    const summary = await summariseCampaign(campaign);
    campaign.close();
    expect(summary.unreadable).toEqual([
      expect.stringMatching(/^[^ ]*from_elsewhere\S* was changed after it was written/),
    ]);
    expect(summary.outcome).toBe('violated');
  });

  test('of a campaign that is merged: they are copied, or the merge is refused', async () => {
    const { directory, finding } = await withStray();
    const into = somewhere();
    cpSync(await halfway(), into, { recursive: true });
    const campaign = CampaignDirectory.open(into);
    await mergeInto(campaign, [directory]);
    const { findings } = await summariseCampaign(campaign);
    expect(findings.map(({ message }) => message)).toContain('another');
    writeFileSync(finding, 'nothing');
    await expect(mergeInto(campaign, [directory])).rejects.toThrow(/^\S*from_elsewhere-0123456789\.json is no JSON/);
    campaign.close();
  });
});
