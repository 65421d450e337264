import { closeSync, openSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { BadInput } from '../input/badInput.ts';
import { createDirectory } from './createDirectory.ts';
import { errorCode } from './fileErrors.ts';

/** Bytes that are written. A full disk still takes an empty file. */
const PROBE = Buffer.alloc(4096);

/**
 * Throws `BadInput` if no file can be written in a directory. Leaves nothing behind: a directory
 * that was missing is missing again.
 *
 * @param what is to be written there, for the message: `findings`.
 */
export function checkWritable(directory: string, what: string): void {
  let created: string | undefined;
  let isWritten = false;
  const probe = join(directory, `probe.${process.pid}.${threadId}.tmp`);
  try {
    created = createDirectory(directory);
    closeSync(openSync(probe, 'wx'));
    isWritten = true;
    writeFileSync(probe, PROBE);
  } catch (error) {
    throw new BadInput(`cannot write ${what} to ${directory}: ${errorCode(error) ?? error}`);
  } finally {
    if (isWritten) rmSync(probe, { force: true });
    if (created !== undefined) removeEmpty(resolve(directory), resolve(created));
  }
}

/** Removes a directory and those above it up to `last`, as long as they are empty. */
function removeEmpty(directory: string, last: string): void {
  try {
    rmdirSync(directory);
  } catch {
    return; // Another process has written a file there.
  }
  if (directory !== last) removeEmpty(dirname(directory), last);
}
