import { closeSync, constants, existsSync, fstatSync, fsyncSync, ftruncateSync, writeSync } from 'node:fs';
import { errorCode } from '../../files/fileErrors.ts';
import { readBytes } from '../../files/readInput.ts';
import { BadInput } from '../../input/badInput.ts';
import { parseJson } from '../../input/parseJson.ts';
import { hexDigest } from '../hash.ts';
import type { CampaignEvent } from '../state/events.ts';
import { openOwnFile } from './openOwnFile.ts';

/**
 * Lines between two syncs. A killed process loses no line in any case; a power loss may lose these.
 */
const SYNC_INTERVAL = 16;

/**
 * An append-only file with one event a line, each with a checksum. A torn or damaged line ends the
 * journal: it and the lines behind it are cut off.
 */
export class Journal {
  private readonly file: string;
  private readonly fd: number;
  private end = 0;
  private unsynced = 0;

  /**
   * Opens a journal, and creates it if there is none.
   *
   * @param apply is called for each event. If it returns false, the journal ends before that event.
   */
  constructor(file: string, apply: (event: unknown) => boolean) {
    this.file = file;
    this.fd = openOwnFile(file, constants.O_RDWR | constants.O_CREAT);
    this.end = readEvents(readBytes(file) ?? Buffer.alloc(0), apply);
    if (fstatSync(this.fd).size > this.end) ftruncateSync(this.fd, this.end);
  }

  /** The size in bytes. */
  get size(): number {
    return this.end;
  }

  /**
   * Appends an event. Throws what the file system throws, and `BadInput` if the file was removed;
   * nothing is appended then.
   */
  append(event: CampaignEvent): void {
    if (!existsSync(this.file)) throw new BadInput(`${this.file} has gone while the campaign was running`);
    const text = JSON.stringify(event);
    const bytes = Buffer.from(`${checksum(text)} ${text}\n`);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at, bytes.length - at, this.end + at);
    if (++this.unsynced >= SYNC_INTERVAL) this.sync();
    this.end += bytes.length;
  }

  /** Empties the journal. A snapshot must have all of it. */
  clear(): void {
    ftruncateSync(this.fd, 0);
    this.end = 0;
  }

  sync(): void {
    try {
      fsyncSync(this.fd);
    } catch (error) {
      // A device or a pipe cannot be synced.
      if (errorCode(error) !== 'EINVAL') throw error;
    }
    this.unsynced = 0;
  }

  close(): void {
    closeSync(this.fd);
  }
}

/**
 * Calls `apply` for each whole line of a journal until it returns false. Returns the end of the
 * lines that were applied, in bytes.
 */
export function readEvents(bytes: Buffer, apply: (event: unknown) => boolean): number {
  for (let end = 0; ; ) {
    const next = bytes.indexOf(10, end);
    const event = next < 0 ? undefined : parseLine(bytes.toString('utf8', end, next));
    if (event === undefined || !apply(event)) return end;
    end = next + 1;
  }
}

export const checksum = (text: string): string => hexDigest(text, 8);

function parseLine(line: string): unknown {
  const text = line.slice(9);
  if (line.slice(0, 9) !== `${checksum(text)} `) return undefined;
  try {
    return parseJson(text, 'it', 'event', Infinity);
  } catch {
    return undefined;
  }
}
