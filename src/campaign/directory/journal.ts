import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { errorCode } from '../../files/fileErrors.ts';
import { BadInput } from '../../input/badInput.ts';
import { digitsOf } from '../hash.ts';
import type { BatchEffect } from '../state/campaignState.ts';
import type { MinimisedFailure } from '../state/findings.ts';

/** What happens to a campaign, one line each. */
export type JournalLine = { readonly took: BatchEffect } | { readonly made: MinimisedFailure };

/** Lines between two calls that bring them to the disk itself; a process that is killed loses none of them in any case. */
const SYNCED_EVERY = 16;

/**
 * A file of lines that are added at its end, each with a checksum. What stands behind the last whole line is no part of it: a write that was cut
 * off, when the process was killed, is as if it had not begun.
 */
export class Journal {
  private readonly file: string;
  private readonly fd: number;
  private end = 0;
  private unsynced = 0;

  /** @param read is called with each line there is, until it returns false: that one, and what comes after it, is no part of the journal. */
  constructor(file: string, read: (line: JournalLine) => boolean) {
    this.file = file;
    this.fd = openSync(file, 'a+');
    closeSync(this.fd);
    this.fd = openSync(file, 'r+');
    this.end = readLines(readFileSync(file), read);
    if (fstatSync(this.fd).size > this.end) ftruncateSync(this.fd, this.end);
  }

  get bytes(): number {
    return this.end;
  }

  /** Throws what the file system throws, and `BadInput` where the file has been taken away; then nothing was added. */
  add(line: JournalLine): void {
    if (!existsSync(this.file)) throw new BadInput(`${this.file} has gone while the campaign was running`);
    const text = JSON.stringify(line);
    const bytes = Buffer.from(`${checksum(text)} ${text}\n`);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at, bytes.length - at, this.end + at);
    if (++this.unsynced >= SYNCED_EVERY) this.sync();
    this.end += bytes.length;
  }

  /** Begins anew: all that it says stands elsewhere. */
  clear(): void {
    ftruncateSync(this.fd, 0);
    this.end = 0;
  }

  sync(): void {
    try {
      fsyncSync(this.fd);
    } catch (error) {
      // What is no file on a disk cannot be brought there.
      if (errorCode(error) !== 'EINVAL') throw error;
    }
    this.unsynced = 0;
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** Calls `read` with each line of a journal that is whole, until it returns false. Returns where those end, in bytes, that it took. */
export function readLines(bytes: Buffer, read: (line: JournalLine) => boolean): number {
  for (let end = 0; ; ) {
    const next = bytes.indexOf(10, end);
    const line = next < 0 ? undefined : parsed(bytes.toString('utf8', end, next));
    if (line === undefined || !read(line)) return end;
    end = next + 1;
  }
}

export const checksum = (text: string): string => digitsOf(text, 8);

function parsed(line: string): JournalLine | undefined {
  const text = line.slice(9);
  return line.slice(0, 9) === `${checksum(text)} ` ? (JSON.parse(text) as JournalLine) : undefined;
}
