import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Status } from '../../src/campaign/campaign.ts';
import { CampaignDirectory, progressIn } from '../../src/campaign/directory/campaignDirectory.ts';
import { loadFinding } from '../../src/run/resolveScenarioName.ts';
import { apart, begin, builtIn, modulePath, run, settings, somewhere } from './campaigns.ts';

const two = settings([builtIn('dirty-again'), modulePath('lost-update')]);
const whole = { executions: 2048 };
const undisturbed = begin(two, whole);
const stopped = begin(two, { executions: 1024 });

/** A campaign that was stopped half way. */
async function halfway(): Promise<string> {
  const copy = somewhere();
  cpSync((await stopped).directory, copy, { recursive: true });
  return copy;
}

describe('a campaign that was stopped goes on to the same end', () => {
  test.each([
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
        const store = CampaignDirectory.open(directory);
        store.writeState();
        store.close();
        expect(readFileSync(join(directory, 'journal'), 'utf8')).toBe('');
      },
    ],
    [
      'with a state, and the journal still there',
      (directory: string) => {
        const journal = readFileSync(join(directory, 'journal'));
        const store = CampaignDirectory.open(directory);
        store.writeState();
        store.close();
        writeFileSync(join(directory, 'journal'), journal);
      },
    ],
  ])('%s', async (_, disturb) => {
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

  test('with entries damaged: they are set aside, named, and written again', async () => {
    const directory = await halfway();
    const corpus = join(directory, 'corpus');
    const [first, second, third] = readdirSync(corpus);
    writeFileSync(join(corpus, first), '{"schema":1,');
    writeFileSync(join(corpus, second), '{"schema":1,"kind":"finding"}');
    renameSync(join(corpus, third), join(corpus, '0000000000000000.json'));
    const resumed = await run(CampaignDirectory.open(directory), whole);
    expect(resumed.setAside).toHaveLength(3);
    expect(resumed.setAside.join('\n')).toContain(`${first}: no JSON`);
    expect(readdirSync(join(directory, 'set-aside'))).toHaveLength(3);
    expect(apart({ ...resumed, setAside: [] })).toEqual(apart(await undisturbed));
    expect(readdirSync(corpus)).toEqual(readdirSync(join((await undisturbed).directory, 'corpus')));
  });

  test('with a finding damaged: it is set aside, named, and written again', async () => {
    const directory = await halfway();
    const [name] = readdirSync(join(directory, 'findings'));
    const file = join(directory, 'findings', name);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, 100));
    const store = CampaignDirectory.open(directory);
    store.close();
    expect(store.setAside).toEqual([expect.stringContaining(`findings/${name}: ${file} is no JSON`)]);
    expect(readFileSync(join(directory, 'set-aside', `findings-${name}`), 'utf8')).toBe(text.slice(0, 100));
    expect(loadFinding(file).schedule).toBe(JSON.parse(text).schedule);
  });

  test('with its state damaged: it begins anew, and comes to the same', async () => {
    const directory = await halfway();
    const store = CampaignDirectory.open(directory);
    store.writeState();
    store.close();
    const file = join(directory, 'state.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"next"', '"nest"'));
    const resumed = await run(CampaignDirectory.open(directory), whole);
    expect(resumed.setAside).toEqual(['state.json: damaged: the campaign begins anew, and its findings stay']);
    expect(apart({ ...resumed, setAside: [] })).toEqual(apart(await undisturbed));
  });
});

test('a campaign whose state has gone, and whose journal comes after it, begins anew, says so, and comes to the same', async () => {
  const directory = await halfway();
  const store = CampaignDirectory.open(directory);
  store.writeState();
  await run(store, { executions: 1536 });
  rmSync(join(directory, 'state.json'));
  const resumed = await run(CampaignDirectory.open(directory), whole);
  expect(resumed.setAside).toEqual(['journal: it begins after batch 0: what it says is done again']);
  expect(apart({ ...resumed, setAside: [] })).toEqual(apart(await undisturbed));
});

test('a campaign that is looked at while another process writes its state has all that it had', async () => {
  const directory = await halfway();
  const store = CampaignDirectory.open(directory);
  store.writeState();
  await run(store, { executions: 1536 });
  // Whoever reads the state is given it slowly; when it comes to the end, the journal has been begun anew.
  renameSync(join(directory, 'state.json'), join(directory, 'state'));
  const slowly = 'mkfifo state.json; echo; exec 3> state.json; cat state >&3; : > journal';
  const writer = spawn('sh', ['-c', slowly], { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(writer.stdout, 'data');
  expect(progressIn(directory).next).toBe(3);
});

describe('a full disk', () => {
  test('is said; what there was no room for is done when there is', async () => {
    const directory = await halfway();
    const full = CampaignDirectory.open(directory);
    const said: (string | undefined)[] = [];
    const { journal, fd } = filled(full);
    const onProgress = ({ notWritten }: Status): void => {
      said.push(notWritten);
      if (notWritten !== undefined) journal.fd = fd;
    };
    const resumed = await run(full, { ...whole, onProgress });
    expect(said.find((why) => why !== undefined)).toContain('ENOSPC');
    expect(said.at(-1)).toBeUndefined();
    expect(apart(resumed)).toEqual(apart(await undisturbed));
  });

  test('ends with its time, and nothing that was written is lost', async () => {
    const directory = await halfway();
    const full = CampaignDirectory.open(directory);
    filled(full);
    expect(await run(full, { ...whole, seconds: 2 })).toMatchObject({ executions: 1024 });
    expect(apart(await run(CampaignDirectory.open(directory), whole))).toEqual(apart(await undisturbed));
  });
});

describe('a directory', () => {
  test('that is no campaign is refused', () => {
    const nowhere = somewhere();
    expect(() => CampaignDirectory.open(nowhere)).toThrow(`${nowhere} is no campaign: there is no such directory`);
    mkdirSync(nowhere);
    expect(() => CampaignDirectory.open(nowhere)).toThrow('it has no campaign.json');
    writeFileSync(join(nowhere, 'notes.txt'), 'mine');
    expect(() => CampaignDirectory.create(nowhere, two)).toThrow('is not empty, and no campaign');
    expect(() => CampaignDirectory.create(join(nowhere, 'notes.txt'), two)).toThrow('is no directory');
    expect(existsSync(join(nowhere, 'campaign.json'))).toBe(false);
  });

  test('that goes away, or under another name, while the campaign runs ends it', async () => {
    const directory = await halfway();
    const store = CampaignDirectory.open(directory);
    renameSync(directory, `${directory} moved`);
    await expect(run(store, whole)).rejects.toThrow(`${join(directory, 'journal')} has gone`);
    expect(existsSync(directory)).toBe(false);
    expect((await run(CampaignDirectory.open(`${directory} moved`), { executions: 1024 })).executions).toBe(1024);
  });

  test('that cannot be written to is refused, and so is one that another process locks at the same moment', async () => {
    expect(() => CampaignDirectory.create(join(somewhere(), 'n'.repeat(300)), two)).toThrow(
      /^cannot write to .*: ENAMETOOLONG$/,
    );
    const directory = await halfway();
    // A link to nowhere: when it is looked for, there is no lock yet.
    symlinkSync('nowhere', join(directory, 'lock'));
    expect(() => CampaignDirectory.open(directory)).toThrow(`${directory} is being begun by another process`);
  });

  test('with a campaign is not begun again, and one from a newer version is not gone on with', async () => {
    const directory = await halfway();
    expect(() => CampaignDirectory.create(directory, two)).toThrow('has a campaign already: --resume goes on with it');
    const file = join(directory, 'campaign.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"schema": 2', '"schema": 3'));
    expect(() => CampaignDirectory.open(directory)).toThrow('written by a newer gfnring: this gfnring goes on with 2');
    writeFileSync(file, text.replace('"seed": 1', '"seed": "one"'));
    expect(() => CampaignDirectory.open(directory)).toThrow('campaign.json.seed is "one"');
    writeFileSync(file, text.slice(0, 40));
    expect(() => CampaignDirectory.open(directory)).toThrow('is no JSON');
  });

  test('that another process runs is refused; one whose process is gone is not', async () => {
    const directory = await halfway();
    writeFileSync(join(directory, 'lock'), `${process.ppid}`);
    expect(() => CampaignDirectory.open(directory)).toThrow(`is being run by process ${process.ppid}`);
    for (const gone of ['999999999', `${process.ppid} 1`]) {
      writeFileSync(join(directory, 'lock'), gone);
      CampaignDirectory.open(directory).close();
    }
  });
});

/** From now on, what a campaign adds to its journal finds no room; until it is given back what it wrote to before. */
function filled(store: CampaignDirectory) {
  const { journal } = store as unknown as { readonly journal: { fd: number } };
  const { fd } = journal;
  journal.fd = openSync('/dev/full', 'r+');
  return { journal, fd };
}
