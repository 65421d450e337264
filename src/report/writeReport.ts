import { realpathSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeAtomically } from '../files/atomicWrite.ts';
import { errorCode } from '../files/fileErrors.ts';
import { statOf } from '../files/readInput.ts';
import { BadInput } from '../input/badInput.ts';
import { writeStream } from '../process/supervision.ts';
import type { Reporter } from './reporters/reporter.ts';

/** A report that the user wants, and its file where the format has one. */
export interface ReportRequest {
  readonly reporter: Reporter;
  readonly file?: string | undefined;
}

/**
 * The same text for all paths of one file, through links too. Undefined for a device or a pipe,
 * which can take several reports.
 */
export function fileIdentity(path: string): string | undefined {
  const stats = statOf(path);
  if (stats === undefined) return resolve(path);
  return stats.isFile() || stats.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined;
}

/**
 * Writes a report to the file or to the stream that the request names. Throws `BadInput` when it
 * cannot.
 */
export function writeReport({ reporter, file }: ReportRequest, report: string): void {
  if (reporter.output === 'file') writeReportFile(file!, report);
  else writeStream(reporter.output, report);
}

/**
 * Writes a file that the user named. A regular file is replaced atomically, the target of a link
 * too. A device or a pipe is written to.
 */
function writeReportFile(file: string, text: string): void {
  try {
    const existing = statSync(file, { throwIfNoEntry: false });
    if (existing === undefined) writeAtomically(file, text);
    else if (existing.isFile()) writeAtomically(realpathSync(file), text);
    else writeFileSync(file, text);
  } catch (error) {
    throw new BadInput(`cannot write ${file}: ${errorCode(error) ?? error}`);
  }
}
