import { writeWhole } from '../campaign/files.ts';
import type { Summary } from '../campaign/summary.ts';
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
  if (junit !== undefined) writeWhole(junit, junitOf(summary, seconds));
  if (sarif !== undefined) writeWhole(sarif, await sarifOf(summary, version));
  return github ? annotationsOf(summary) : [];
}
