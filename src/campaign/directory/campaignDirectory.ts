import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDraft, writeAtomically } from '../../files/atomicWrite.ts';
import { errorCode, isTransient, readBytes, readText } from '../../files/fileErrors.ts';
import { BadInput } from '../../input/badInput.ts';
import { seenFrom } from '../../run/finding.ts';
import { loadFinding } from '../../run/resolveScenarioName.ts';
import { type CorpusEntry, hashOf } from '../corpusEntry.ts';
import { parseEntry, parseSettings } from '../parse.ts';
import { CAMPAIGN_SCHEMA, type Settings } from '../settings.ts';
import { type BatchEffect, CampaignState, type ProgressJson } from '../state/campaignState.ts';
import type { MinimisedFailure, RecordedFinding } from '../state/findings.ts';
import { checksum, Journal, type JournalLine, readLines } from './journal.ts';

/** The journal becomes a new state when it has so many bytes: reading it is what a resumption costs. */
const JOURNAL_MAX = 1 << 22;

/**
 * A campaign on disk. `campaign.json` has its settings, `state.json` where it stood, `journal` what has come since: these three are the campaign, and all
 * that it needs to go on. `corpus/` and `findings/` are written from them for others; what is missing there is written again, and what is damaged is put into `set-aside/`.
 */
export class CampaignDirectory {
  readonly directory: string;
  readonly progress: CampaignState;
  /** Files that were damaged, by name, with why. */
  readonly setAside: string[] = [];
  private readonly journal: Journal;
  /** Whether something of the corpus or the findings could not be written, for want of room. */
  private isBehind = false;

  private constructor(directory: string, settings: Settings) {
    this.directory = directory;
    this.progress = this.readState(settings);
    const take = onto(this.progress);
    let fits = true;
    this.journal = new Journal(this.path('journal'), (line) => {
      fits = take(line);
      return fits;
    });
    if (!fits) this.setAside.push(`journal: it begins after batch ${this.progress.next}: what it says is done again`);
  }

  /** Begins a campaign in a directory that is empty, or is not there. Throws `BadInput`. */
  static create(directory: string, settings: Settings): CampaignDirectory {
    return writable(directory, () => {
      if (existsSync(join(directory, 'campaign.json')))
        throw new BadInput(`${directory} has a campaign already: --resume goes on with it, --dir names another place`);
      if (filesIn(directory).length > 0)
        throw new BadInput(`${directory} is not empty, and no campaign: --dir names another place`);
      mkdirSync(directory, { recursive: true });
      lock(directory);
      const bases = settings.bases.map((base) => ({ ...base, source: seenFrom(directory, base.source) }));
      const campaign = { schema: CAMPAIGN_SCHEMA, kind: 'campaign', ...settings, bases };
      writeAtomically(join(directory, 'campaign.json'), `${JSON.stringify(campaign, null, 2)}\n`);
      // As it will be read again: an order of fields may differ, and nothing else.
      return new CampaignDirectory(directory, settingsIn(directory));
    });
  }

  /** Goes on with one. Throws `BadInput` where there is none, or one that this version does not know. */
  static open(directory: string): CampaignDirectory {
    return writable(directory, () => {
      const settings = settingsIn(directory);
      lock(directory);
      const store = new CampaignDirectory(directory, settings);
      store.mend();
      return store;
    });
  }

  took(effect: BatchEffect): void {
    this.journal.add({ took: effect });
    const entries = this.progress.take(effect);
    this.show(() => {
      for (const { entry, hash } of entries) this.writeEntry(entry, hash);
    });
    if (this.journal.bytes > JOURNAL_MAX) this.show(() => this.writeState());
  }

  made(made: MinimisedFailure): void {
    this.journal.add({ made });
    const found = this.progress.made(made);
    if (found !== undefined) this.show(() => this.writeFound(found));
  }

  /** Where it stands, as it is now. */
  writeState(): void {
    const text = JSON.stringify(this.progress);
    writeAtomically(this.path('state.json'), `${checksum(text)} ${text}\n`);
    this.journal.clear();
  }

  close(): void {
    this.journal.sync();
    this.journal.close();
    rmSync(this.path('lock'), { force: true });
  }

  /** Corpus and findings as the campaign has them. */
  writeAll(): void {
    for (const kept of this.progress.kept) for (const { entry, hash } of kept) this.writeEntry(entry, hash);
    for (const found of this.progress.findings.found)
      if (!existsSync(fileOf(this.directory, found))) this.writeFound(found);
  }

  /** Takes entries out of the corpus. */
  drop(hashes: ReadonlySet<string>): void {
    this.progress.drop(hashes);
    this.writeState();
    for (const hash of hashes) rmSync(this.entryFile(hash), { force: true });
  }

  /** Writes what others are to see. What there is no room for is in the journal, and is written when there is. */
  private show(write: () => void): void {
    try {
      if (this.isBehind) this.writeAll();
      else write();
      this.isBehind = false;
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.isBehind = true;
    }
  }

  private mend(): void {
    for (const folder of ['.', 'corpus', 'findings']) clearDrafts(this.path(folder));
    for (const name of filesIn(this.path('corpus'))) {
      if (!name.endsWith('.json')) continue;
      const file = this.path('corpus', name);
      try {
        const entry = parseEntry(JSON.parse(readText(file) ?? ''), file);
        if (name !== `${hashOf(entry)}.json`) throw new BadInput(`it is not what its name says`);
      } catch (error) {
        this.putAside(join('corpus', name), error);
      }
    }
    for (const file of this.progress.findings.found.map((found) => fileOf(this.directory, found))) {
      try {
        if (existsSync(file)) loadFinding(file);
      } catch (error) {
        this.putAside(join('findings', basename(file)), error);
      }
    }
    this.show(() => this.writeAll());
  }

  private putAside(name: string, error: unknown): void {
    if (errorCode(error) !== undefined) throw error;
    mkdirSync(this.path('set-aside'), { recursive: true });
    renameSync(this.path(name), this.path('set-aside', name.replace(/[/\\]/g, '-')));
    const why = error instanceof BadInput ? error.message : 'no JSON';
    this.setAside.push(`${name}: ${why}`);
  }

  private readState(settings: Settings): CampaignState {
    const progress = stateIn(this.directory, settings);
    if (progress !== 'damaged') return progress;
    // What it says is done again: batches come to the same each time.
    this.putAside('state.json', new BadInput('damaged: the campaign begins anew, and its findings stay'));
    rmSync(this.path('journal'), { force: true });
    return new CampaignState(settings);
  }

  private writeEntry(entry: CorpusEntry, hash: string): void {
    const file = this.entryFile(hash);
    const seen = { ...entry, scenario: seenFrom(this.path('corpus'), entry.scenario) };
    // The journal has it: one that a loss of power has torn is found, and written again.
    if (!existsSync(file)) writeAtomically(file, `${JSON.stringify(seen)}\n`, false);
  }

  private writeFound(found: RecordedFinding): void {
    const { finding, key, after, base } = found;
    const seen = { ...finding, scenario: seenFrom(this.path('findings'), finding.scenario) };
    writeAtomically(
      fileOf(this.directory, found),
      `${JSON.stringify({ ...seen, campaign: { key, base, executions: after } }, null, 2)}\n`,
    );
  }

  private entryFile(hash: string): string {
    return this.path('corpus', `${hash}.json`);
  }

  private path(...names: string[]): string {
    return join(this.directory, ...names);
  }
}

/**
 * What a line of a journal says, on top of what was before. A state may have been written, and its journal not begun anew. Returns false where batches
 * are missing between the two, as the state has gone or is an older one: they are done again.
 */
function onto(progress: CampaignState): (line: JournalLine) => boolean {
  return (line) => {
    if ('made' in line) progress.made(line.made);
    else if (line.took.batch === progress.next) progress.take(line.took);
    else return line.took.batch < progress.next;
    return true;
  };
}

function stateIn(directory: string, settings: Settings): CampaignState | 'damaged' {
  const text = readText(join(directory, 'state.json'));
  if (text === undefined) return new CampaignState(settings);
  const json = text.slice(9).trimEnd();
  return text.slice(0, 8) === checksum(json)
    ? CampaignState.from(settings, JSON.parse(json) as ProgressJson)
    : 'damaged';
}

/** The file of a finding of the campaign in `directory`. */
export const fileOf = (directory: string, { key, finding }: RecordedFinding): string =>
  join(directory, 'findings', `${finding.scenario.name.replace(/[^A-Za-z0-9_-]+/g, '_')}-${key}.json`);

/** Where a campaign stands, whoever runs it; nothing is written. Throws `BadInput`. */
export function progressIn(directory: string): CampaignState {
  const settings = settingsIn(directory);
  // The journal first: whoever runs the campaign may write a state that has all of it, and begin another. What that state has is skipped.
  const journal = readBytes(join(directory, 'journal'));
  const progress = stateIn(directory, settings);
  if (progress === 'damaged') throw new BadInput(`${directory}/state.json is damaged: fuzz --resume mends it`);
  if (journal !== undefined) readLines(journal, onto(progress));
  return progress;
}

/** The settings of the campaign in a directory. Throws `BadInput` where there is none, or one that this version does not know. */
export function settingsIn(directory: string): Settings {
  const file = join(directory, 'campaign.json');
  const text = readText(file);
  if (text === undefined)
    throw new BadInput(
      `${directory} is no campaign: ${existsSync(directory) ? 'it has no campaign.json' : 'there is no such directory'}`,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BadInput(`${file} is no JSON: it is the campaign's settings`);
  }
  return parseSettings(json, file);
}

/** Names in a directory, but for what a process may have left that was killed. */
function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name !== 'lock' && !isDraft(name))
      .sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    if (errorCode(error) === 'ENOTDIR') throw new BadInput(`${directory} is no directory`);
    throw error;
  }
}

/** What a process that was killed had not finished: the campaign is locked, so that no other is writing. */
function clearDrafts(directory: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) if (isDraft(name)) rmSync(join(directory, name), { force: true });
}

/** Two processes that write one campaign would each undo what the other does. A lock whose process is gone is nobody's. Throws `BadInput`. */
function lock(directory: string): void {
  const file = join(directory, 'lock');
  const holder = readText(file);
  const pid = Number(holder?.split(' ')[0]);
  if (pid > 0 && pid !== process.pid && isRunning(pid, holder!))
    throw new BadInput(`${directory} is being run by process ${pid}: one at a time may`);
  if (holder !== undefined) rmSync(file, { force: true });
  try {
    writeFileSync(file, nameOf(process.pid), { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new BadInput(`${directory} is being begun by another process: one at a time may`);
  }
}

/** Throws `BadInput` where the file system does not let a campaign be there. */
function writable<T>(directory: string, begin: () => T): T {
  try {
    return begin();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new BadInput(`cannot write to ${directory}: ${code}`);
  }
}

/** Numbers of processes come again, soon in a container: with when it began, where the system says that. */
function nameOf(pid: number): string {
  const began = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19];
  return began === undefined ? `${pid}` : `${pid} ${began}`;
}

function isRunning(pid: number, name: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return !name.includes(' ') || name === nameOf(pid);
}
