import { realpathSync, statSync, writeFileSync } from 'node:fs';
import type { Summary } from '../campaign/summary.ts';
import { writeAtomically } from '../files/atomicWrite.ts';
import { errorCode } from '../files/fileErrors.ts';
import { BadInput } from '../input/badInput.ts';
import { annotationsOf } from './github.ts';
import { junitOf } from './junit.ts';
import { sarifOf } from './sarif.ts';

/** Which reports are wanted: files, and annotations. */
export interface Reports {
  readonly junit?: string;
  readonly sarif?: string;
  readonly github?: true;
}

/** Writes reports of a campaign. Returns what GitHub is to be told, line by line. */
export async function writeReports(
  { junit, sarif, github }: Reports,
  summary: Summary,
  { seconds, version }: { readonly seconds: number; readonly version: string },
): Promise<string[]> {
  if (junit !== undefined) writeOut(junit, junitOf(summary, seconds));
  if (sarif !== undefined) writeOut(sarif, await sarifOf(summary, version));
  return github ? annotationsOf(summary) : [];
}

/** Writes what somebody asked for by name. A device or a pipe is written to, and no file put in its place; nor in that of a link. Throws `BadInput` where it cannot be. */
export function writeOut(file: string, text: string): void {
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there === undefined) writeAtomically(file, text);
    else if (there.isFile()) writeAtomically(realpathSync(file), text);
    else writeFileSync(file, text);
  } catch (error) {
    throw new BadInput(`cannot write ${file}: ${errorCode(error) ?? error}`);
  }
}
