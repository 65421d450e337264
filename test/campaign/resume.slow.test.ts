import { openSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { CampaignStatus } from '../../src/campaign/campaign.ts';
import { CampaignDirectory } from '../../src/campaign/directory/campaignDirectory.ts';
import { readState } from '../../src/campaign/directory/eventLog.ts';
import { loadFinding } from '../../src/run/resolveScenarioName.ts';
import { apart, run } from './campaigns.ts';
import { halfway, undisturbed, whole } from './halfway.ts';

const disturbances: readonly [string, (directory: string) => void][] = [
  ['with nothing wrong', () => {}],
  [
    'with the last line of its journal cut off',
    (directory: string) => {
      const file = join(directory, 'journal');
      writeFileSync(file, readFileSync(file).subarray(0, -100));
    },
  ],
  [
    'with a line of its journal damaged',
    (directory: string) => {
      const file = join(directory, 'journal');
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(file, bytes);
    },
  ],
  [
    'with drafts of files that were never finished',
    (directory: string) => {
      for (const draft of ['state.json.1.tmp', 'corpus/0123456789abcdef.json.1.tmp'])
        writeFileSync(join(directory, draft), 'half');
    },
  ],
  ['with its corpus gone', (directory: string) => renameSync(join(directory, 'corpus'), join(directory, 'gone'))],
  [
    'with a state in place of the journal',
    (directory: string) => {
      const campaign = CampaignDirectory.open(directory);
      campaign.writeSnapshot();
      campaign.close();
      expect(readFileSync(join(directory, 'journal'), 'utf8')).toBe('');
    },
  ],
  [
    'with a state, and the journal still there',
    (directory: string) => {
      const journal = readFileSync(join(directory, 'journal'));
      const campaign = CampaignDirectory.open(directory);
      campaign.writeSnapshot();
      campaign.close();
      writeFileSync(join(directory, 'journal'), journal);
    },
  ],
];

describe('a resumed campaign has the same result', () => {
  test.each(disturbances)('%s', async (_, disturb) => {
    const directory = await halfway();
    disturb(directory);
    const resumed = await run(CampaignDirectory.open(directory), whole);
    expect(apart(resumed)).toEqual(apart(await undisturbed));
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    for (const folder of ['corpus', 'findings']) {
      expect(readdirSync(join(directory, folder))).toEqual(readdirSync(join((await undisturbed).directory, folder)));
      for (const name of readdirSync(join((await undisturbed).directory, folder)))
        expect(readFileSync(join(directory, folder, name), 'utf8').replace(/"module":.*/, '')).toEqual(
          readFileSync(join((await undisturbed).directory, folder, name), 'utf8').replace(/"module":.*/, ''),
        );
    }
  });
});

describe('a campaign with damaged files has the same result', () => {
  test('damaged entries are quarantined, reported, and written again', async () => {
    const directory = await halfway();
    const corpus = join(directory, 'corpus');
    const [first, second, third] = readdirSync(corpus);
    writeFileSync(join(corpus, first), '{"schema":1,');
    writeFileSync(join(corpus, second), '{"schema":1,"kind":"finding"}');
    renameSync(join(corpus, third), join(corpus, '0000000000000000.json'));
    const resumed = await run(CampaignDirectory.open(directory), whole);
    expect(resumed.quarantined).toHaveLength(3);
    expect(resumed.quarantined.join('\n')).toContain(`${first} is no JSON`);
    expect(readdirSync(join(directory, 'set-aside'))).toHaveLength(3);
    expect(apart({ ...resumed, quarantined: [] })).toEqual(apart(await undisturbed));
    expect(readdirSync(corpus)).toEqual(readdirSync(join((await undisturbed).directory, 'corpus')));
  });

  test('a damaged finding is quarantined, reported, and written again', async () => {
    const directory = await halfway();
    const [name] = readdirSync(join(directory, 'findings'));
    const file = join(directory, 'findings', name);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, 100));
    const campaign = CampaignDirectory.open(directory);
    campaign.close();
    expect(campaign.quarantined).toEqual([expect.stringMatching(`^${file} is no JSON[^/]*$`)]);
    expect(readFileSync(join(directory, 'set-aside', `findings-${name}`), 'utf8')).toBe(text.slice(0, 100));
    expect(loadFinding(file).schedule).toBe(JSON.parse(text).schedule);
  });

  test('a damaged state: it starts again', async () => {
    const directory = await halfway();
    const campaign = CampaignDirectory.open(directory);
    campaign.writeSnapshot();
    campaign.close();
    const file = join(directory, 'state.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"counts"', '"count"'));
    const resumed = await run(CampaignDirectory.open(directory), whole);
    expect(resumed.quarantined).toEqual([`${file} is damaged: the campaign begins anew, and its findings stay`]);
    expect(apart({ ...resumed, quarantined: [] })).toEqual(apart(await undisturbed));
  });
});

test('a campaign with a journal but without its state starts again, says so, and has the same result', async () => {
  const directory = await halfway();
  const campaign = CampaignDirectory.open(directory);
  campaign.writeSnapshot();
  await run(campaign, { executions: 1536 });
  rmSync(join(directory, 'state.json'));
  const resumed = await run(CampaignDirectory.open(directory), whole);
  expect(resumed.quarantined).toEqual(['journal: it begins after batch 0: its batches are run again']);
  expect(apart({ ...resumed, quarantined: [] })).toEqual(apart(await undisturbed));
});

test('a campaign that is read while another process writes its state is complete', async () => {
  const directory = await halfway();
  const campaign = CampaignDirectory.open(directory);
  campaign.writeSnapshot();
  await run(campaign, { executions: 1536 });
  // When the reader has the snapshot, the journal is emptied.
  const snapshot = readFileSync(join(directory, 'state.json'), 'utf8');
  const { decode } = TextDecoder.prototype;
  let reads = 0;
  const spy = vi.spyOn(TextDecoder.prototype, 'decode').mockImplementation(function (this: TextDecoder, ...bytes) {
    const text = decode.apply(this, bytes);
    if (text === snapshot && ++reads === 1) truncateSync(join(directory, 'journal'));
    return text;
  });
  try {
    expect(readState(directory).batches).toBe(3);
    expect(reads).toBe(1);
  } finally {
    spy.mockRestore();
  }
});

describe('a full disk', () => {
  test('is reported, and the work is done once there is space', async () => {
    const directory = await halfway();
    const full = CampaignDirectory.open(directory);
    const said: (string | undefined)[] = [];
    const { journal, fd } = filled(full);
    const onProgress = ({ writeError }: CampaignStatus): void => {
      said.push(writeError);
      if (writeError !== undefined) journal.fd = fd;
    };
    const resumed = await run(full, { ...whole, onProgress });
    expect(said.find((why) => why !== undefined)).toContain('ENOSPC');
    expect(said.at(-1)).toBeUndefined();
    expect(apart(resumed)).toEqual(apart(await undisturbed));
  });

  test('does not prevent the end at the time limit, and no written result is lost', async () => {
    const directory = await halfway();
    const full = CampaignDirectory.open(directory);
    filled(full);
    expect(await run(full, { ...whole, seconds: 2 })).toMatchObject({ executions: 1024 });
    expect(apart(await run(CampaignDirectory.open(directory), whole))).toEqual(apart(await undisturbed));
  });
});

/** Fills the disk: the journal writes to /dev/full until its former `fd` is put back. */
function filled(campaign: CampaignDirectory) {
  const { journal } = (campaign as unknown as { readonly log: { readonly journal: { fd: number } } }).log;
  const { fd } = journal;
  journal.fd = openSync('/dev/full', 'r+');
  return { journal, fd };
}
