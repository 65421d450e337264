import { rmSync } from 'node:fs';
import { writeAtomically } from '../../files/atomicWrite.ts';
import { reportFileErrors } from '../../files/fileErrors.ts';
import { readBytes, readText } from '../../files/readInput.ts';
import { BadInput } from '../../input/badInput.ts';
import { parseJson } from '../../input/parseJson.ts';
import type { CampaignSettings } from '../settings.ts';
import { CampaignState } from '../state/campaignState.ts';
import type { CampaignEvent } from '../state/events.ts';
import { parseEvent, parseState } from '../state/parseState.ts';
import { checksum, Journal, readEvents } from './journal.ts';
import { journalFile, snapshotFile } from './layout.ts';
import { quarantine } from './quarantine.ts';
import { readTrustedSettings } from './readSettings.ts';

/** Size of the journal in bytes at which a snapshot replaces it. It bounds the time to resume. */
const JOURNAL_MAX = 1 << 22;

/**
 * The events of a campaign on disk: a snapshot of the state, and a journal of the events since then
 * (a write-ahead log). An event is in the journal before it changes the state.
 */
export class EventLog {
  readonly state: CampaignState;
  /** What could not be read, and why. */
  readonly damages: string[] = [];
  private readonly directory: string;
  private readonly journal: Journal;

  /** Reads what is there. The campaign must be locked. */
  constructor(directory: string, settings: CampaignSettings) {
    this.directory = directory;
    this.state = this.readOrRestart(settings);
    this.journal = new Journal(
      journalFile(directory),
      applyTo(this.state, (why) => this.damages.push(`journal: ${why}: its batches are run again`)),
    );
  }

  get isDueForSnapshot(): boolean {
    return this.journal.size > JOURNAL_MAX;
  }

  append(event: CampaignEvent): void {
    this.journal.append(event);
  }

  /** Writes a snapshot and empties the journal. */
  writeSnapshot(): void {
    const text = JSON.stringify(this.state);
    writeAtomically(snapshotFile(this.directory), `${checksum(text)} ${text}\n`);
    this.journal.clear();
  }

  close(): void {
    this.journal.sync();
    this.journal.close();
  }

  /** Without its snapshot a campaign begins anew. It then does the same batches again. */
  private readOrRestart(settings: CampaignSettings): CampaignState {
    try {
      return readSnapshot(this.directory, settings);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      const why = new BadInput(`${error.message}: the campaign begins anew, and its findings stay`);
      this.damages.push(quarantine(this.directory, snapshotFile(this.directory), why));
      rmSync(journalFile(this.directory), { force: true });
      return new CampaignState(settings);
    }
  }
}

/**
 * The state of a campaign that another process may be running. Writes nothing. Throws `BadInput` if
 * there is no campaign, or if its snapshot is damaged.
 */
export const readState = (directory: string): CampaignState =>
  reportFileErrors(`cannot read ${directory}`, () => readStateOf(directory, readTrustedSettings(directory)));

function readStateOf(directory: string, settings: CampaignSettings): CampaignState {
  // The journal is read first: a snapshot that is written meanwhile has all of its events, and
  // these are then skipped.
  const journal = readBytes(journalFile(directory));
  const state = readSnapshotOf(directory, settings);
  if (journal !== undefined)
    readEvents(
      journal,
      applyTo(state, (why) => {
        throw new BadInput(`${journalFile(directory)} is damaged: ${why}: fuzz --resume mends it`);
      }),
    );
  return state;
}

function readSnapshotOf(directory: string, settings: CampaignSettings): CampaignState {
  try {
    return readSnapshot(directory, settings);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(`${error.message}: fuzz --resume mends it`);
  }
}

/**
 * The state in the snapshot, or that of a new campaign if there is no snapshot. Throws `BadInput`
 * that names the file if it is damaged.
 */
function readSnapshot(directory: string, settings: CampaignSettings): CampaignState {
  const file = snapshotFile(directory);
  const text = readText(file);
  if (text === undefined) return new CampaignState(settings);
  const json = text.slice(9).trimEnd();
  if (text.slice(0, 8) !== checksum(json)) throw new BadInput(`${file} is damaged`);
  try {
    return CampaignState.from(settings, parseState(parseJson(json, 'it', 'state', Infinity), settings, 'state'));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(`${file} is damaged (${error.message})`);
  }
}

/**
 * Applies the events of a journal to a state. A batch that the state already has is skipped: the
 * process may have been killed between the snapshot and emptying the journal. Returns false if the
 * event is none, or if batches are missing between the state and the event, because the snapshot
 * was lost or is older.
 */
function applyTo(state: CampaignState, onDamage: (why: string) => void): (event: unknown) => boolean {
  return (value) => {
    let event: CampaignEvent;
    try {
      event = parseEvent(value, state.settings, 'event');
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      onDamage(error.message);
      return false;
    }
    if ('minimised' in event) state.applyMinimised(event.minimised);
    else if (event.batch.batch === state.batches) state.applyBatch(event.batch);
    else if (event.batch.batch > state.batches) {
      onDamage(`it begins after batch ${state.batches}`);
      return false;
    }
    return true;
  };
}
