import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, readText } from '../files/fileErrors.ts';
import type { CoverageSample } from './state/campaignState.ts';

/** How far a campaign was at a moment. The file has one a line; it is for people, and nothing that the campaign does depends on it. */
export interface ClockMoment extends CoverageSample {
  /** Which run of the campaign: when it began, in milliseconds since 1970; and the seconds since then. */
  readonly run: number;
  readonly seconds: number;
  readonly findings: number;
}

const fileIn = (directory: string): string => join(directory, 'clock');

/** Adds a moment. One that cannot be written is missing, and that is all. */
export function appendTimeSample(directory: string, moment: ClockMoment): void {
  try {
    appendFileSync(fileIn(directory), `${JSON.stringify(moment)}\n`);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

/** The moments of a campaign, in order; `seconds` counts all runs, one after the other. A line that was cut off is left out. */
export function momentsIn(directory: string): ClockMoment[] {
  let before = 0;
  let last: ClockMoment | undefined;
  return (readText(fileIn(directory)) ?? '').split('\n').flatMap((line) => {
    const moment = parsed(line);
    if (moment === undefined) return [];
    if (last !== undefined && last.run !== moment.run) before += last.seconds;
    last = moment;
    return [{ ...moment, seconds: before + moment.seconds }];
  });
}

const NUMBERS = ['run', 'seconds', 'executions', 'pairs', 'states', 'transitions', 'entries', 'findings'] as const;

function parsed(line: string): ClockMoment | undefined {
  try {
    const moment = JSON.parse(line) as ClockMoment | null;
    return NUMBERS.every((name) => Number.isFinite(moment?.[name])) ? moment! : undefined;
  } catch {
    return undefined;
  }
}
